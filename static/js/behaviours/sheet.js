// The embed codes, or the focal point, in a dialog over whatever asked for them.

export const selector = "#sheet";

export function connect(dialog) {
  dialog.addEventListener("easel:filled", () => {
    const title = dialog.querySelector("h2").id;
    if (dialog.getAttribute("aria-labelledby") !== title) dialog.scrollTop = 0;
    dialog.setAttribute("aria-labelledby", title);
    if (!dialog.open) dialog.showModal();
  });
}
