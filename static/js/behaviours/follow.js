// Whoever generates from far down the gallery is taken to where the new tiles appear.

export const selector = "#composer";

let isAwaited = false;

export function connect(form) {
  form.addEventListener("submit", () => {
    isAwaited = true;
  });
}

document.addEventListener("easel:filled", ({ target }) => {
  if (!isAwaited || !target.matches(".rows")) return;
  isAwaited = false;
  const day = target.closest("section");
  if (day.getBoundingClientRect().top < 0) day.scrollIntoView({ behavior: "smooth" });
});
