// A picture over the page it was opened from, at an address of its own: going back closes it.

import { focusInPlace, keepFocus } from "../focus.js";
import { place } from "./dialogs.js";

export const selector = "#lightbox";

const PICTURE = /^\/images\/[^/]+$/;

export function connect(dialog) {
  const home = { address: place(), title: document.title };
  let isBack = false;
  let shown = null;

  // A picture that is being made fills itself anew: only a new one opens the dialog.
  dialog.addEventListener("easel:filled", ({ target }) => {
    shown = dialog.querySelector(".detail");
    if (!dialog.open && target.id === "lightbox-view") dialog.showModal();
    document.title = shown?.dataset.title ?? home.title;
  });

  // The event comes late: by then Forward may have opened the dialog again, or have filled it with
  // a picture that is about to be shown. So only the one that was seen goes.
  dialog.addEventListener("close", () => {
    const wasBack = isBack;
    isBack = false;
    if (dialog.open) return;
    document.title = home.title;
    const tile = document.querySelector(`#image-${shown?.dataset.image} .tile-link`);
    const isFree = document.activeElement === document.body || dialog.contains(document.activeElement);
    if (isFree || document.activeElement?.matches(".tile-link")) focusInPlace(tile);
    shown?.remove();
    if (!wasBack && place() !== home.address) history.back();
  });

  for (const name of ["easel:compose", "easel:leave"]) {
    document.addEventListener(name, () => dialog.open && dialog.close());
  }

  document.addEventListener("easel:restore", (event) => {
    const { path } = event.detail;
    if (path === home.address) {
      event.preventDefault();
      isBack = dialog.open;
      dialog.close();
      keepFocus();
    } else if (PICTURE.test(path) && !PICTURE.test(home.address)) {
      event.preventDefault();
      window.htmx.ajax("GET", path, { target: "#lightbox-view", swap: "innerHTML" });
    }
  });
}
