// Pictures that are chosen, photographed, dropped anywhere, pasted, or named by their address.

import { bring } from "./uploads.js";

export const selector = "[data-upload-form]";

export function connect(form) {
  const dialog = form.closest("dialog");
  const address = form.querySelector("input[type=url]");
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const take = (files, url = "") => {
    bring([...files], url);
    if (dialog?.open) dialog.close();
  };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      take(input.files);
      input.value = ""; // so that the same picture can be chosen again
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!address.value.trim()) return inputs[0].click();
    take([], address.value.trim());
    address.value = "";
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-upload]")) return;
    event.preventDefault();
    if (dialog) dialog.showModal();
    else inputs[0].click();
  });
  listen(take);
}

function listen(take) {
  const mark = (isHeld) => document.documentElement.toggleAttribute("data-dropping", isHeld);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    mark(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
}
