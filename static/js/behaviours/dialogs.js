// Buttons that open a dialog, and a click beside a dialog that closes it.

export const selector = "[data-opens], dialog[closedby=any]";

export const place = () => location.pathname + location.search;

export function connect(element) {
  if (element.matches("dialog")) {
    element.addEventListener("pointerdown", (event) => event.target === element && element.close());
  } else {
    element.addEventListener("click", () => document.getElementById(element.dataset.opens).showModal());
  }
}
