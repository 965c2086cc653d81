// The embed codes, in a dialog over whatever asked for them.

export const selector = "#sheet";

export function connect(dialog) {
  dialog.addEventListener("easel:filled", () => {
    if (!dialog.open) dialog.showModal();
  });
}
