// Buttons that open a dialog; links in it, and clicks beside it, that close it.

export const selector = "[data-opens], dialog";

export const place = () => location.pathname + location.search;

export function connect(element) {
  if (element.matches("dialog")) {
    element.addEventListener("click", (event) => {
      const isBeside = event.target === element && element.matches("[closedby=any]");
      if (!isBeside && !event.target.closest("[data-closes]")) return;
      event.preventDefault();
      element.close();
    });
  } else {
    element.addEventListener("click", () => document.getElementById(element.dataset.opens).showModal());
  }
}
