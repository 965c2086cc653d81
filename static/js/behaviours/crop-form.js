// The fields of a crop: what is written, chosen or switched there shows on the picture at once.

import { largest } from "../box.js";
import { boxOf, drawResult, shapeOf, show } from "../crop-view.js";

export const selector = "[data-crop-box]";

export function connect(root) {
  root.addEventListener("input", ({ target }) => {
    if (target.name === "ratio") fit(root);
    else if (target.dataset.side) write(root, target);
    else if (["turn", "mirror", "flip"].includes(target.name)) drawResult(root);
  });
  root.closest("#edit").addEventListener("easel:filled", () => {
    for (const input of root.querySelectorAll("[data-side]")) input.value = input.defaultValue;
    root.querySelector("[aria-invalid]")?.focus();
  });
}

// A shape takes as much of the picture as it can; to make it smaller is for the box.
function fit(root) {
  const focal = root.dataset.point.split(" ").map(Number);
  if (shapeOf(root)) show(root, largest(shapeOf(root), focal));
  else drawResult(root);
}

// What makes no sense yet is left alone: somebody may still be writing.
function write(root, input) {
  const share = Number(input.value.replace(",", ".").replace("%", "") || NaN) / 100;
  const box = { ...boxOf(root), [input.dataset.side]: share };
  const isSound = share >= 0 && box.width > 0 && box.height > 0;
  if (isSound && box.left + box.width < 1.0005 && box.top + box.height < 1.0005) show(root, box, input);
}
