// Single-key shortcuts can be switched off, for those who speak to their computer.

export const selector = "[data-shortcuts-switch]";

const KEY = "easel-shortcuts";

export const areOn = () => localStorage.getItem(KEY) !== "off";

export function connect(box) {
  box.checked = areOn();
  box.addEventListener("change", () => {
    localStorage.setItem(KEY, box.checked ? "on" : "off");
    document.querySelectorAll(selector).forEach((other) => {
      other.checked = box.checked;
    });
  });
}
