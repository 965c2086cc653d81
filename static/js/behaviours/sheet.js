// The embed codes, or the focal point, in a dialog over whatever asked for them.

export const selector = "#sheet";

export function connect(dialog) {
  dialog.addEventListener("easel:filled", () => {
    dialog.setAttribute("aria-labelledby", dialog.querySelector("h2").id);
    if (!dialog.open) dialog.showModal();
  });
}
