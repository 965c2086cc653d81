// The composer: Ctrl Enter generates, the prompt grows with its text, mistakes get the focus.

export const selector = "#composer";

const canGrow = CSS.supports("field-sizing", "content");

export function connect(form) {
  const prompt = form.querySelector("#composer-prompt");
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  if (!canGrow && prompt) prompt.addEventListener("input", () => grow(prompt));
  const fields = form.querySelector(".composer-vars .input");
  form.querySelector(".composer-template p")?.addEventListener("click", () => fields?.focus());
  const wrong = form.querySelector("[aria-invalid]");
  wrong?.closest("details")?.setAttribute("open", "");
  wrong?.focus();
  const isWaiting = document.getElementById("welcome") && matchMedia("(pointer: fine)").matches;
  if (isWaiting && document.activeElement === document.body) prompt?.focus({ preventScroll: true });
}

function grow(prompt) {
  const lines = prompt.value.split("\n").reduce((sum, line) => sum + Math.ceil((line.length + 1) / 60), 0);
  prompt.rows = Math.min(9, Math.max(1, lines));
}

// Filled anew, from a template or a picture: the reader goes on there.
document.addEventListener("easel:compose", () => {
  const form = document.getElementById("composer");
  const field = form?.querySelector(".composer-vars .input") ?? form?.querySelector("#composer-prompt");
  if (!field) return;
  requestAnimationFrame(() => {
    field.focus({ preventScroll: Boolean(form.closest(".composer-dock")) });
    if (field.value && field.setSelectionRange) field.setSelectionRange(field.value.length, field.value.length);
  });
});
