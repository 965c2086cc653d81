// Panels that close when somebody goes elsewhere, or presses Escape.

export const selector = "[data-light-dismiss]";

export function connect(details) {
  const close = ({ target }) => {
    if (!details.isConnected) document.removeEventListener("pointerdown", close);
    else if (!details.contains(target)) details.open = false;
  };
  document.addEventListener("pointerdown", close);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}
