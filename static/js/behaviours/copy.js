// Buttons that copy the text they carry.

export const selector = "[data-copy]";

export function connect(button) {
  const label = button.querySelector("[data-copied]");
  label.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await write(button.dataset.copy, button);
    const words = label.textContent;
    if (words === label.dataset.copied) return;
    label.textContent = label.dataset.copied;
    setTimeout(() => {
      if (label.textContent === label.dataset.copied) label.textContent = words;
    }, 2000);
  });
}

// The clipboard is there on https and localhost alone; elsewhere the old way has to do.
async function write(text, button) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.className = "vh";
  field.value = text;
  button.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  button.focus();
  return undefined;
}
