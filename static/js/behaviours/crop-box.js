// The box of a crop, on the picture: goes where pointer and keys say, in the shape that was chosen.

import { dragged, gripAt, isWhole, placed, spanned } from "../box.js";
import { boxOf, shapeOf, show } from "../crop-view.js";

export const selector = ".crop-frame";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const REACH = matchMedia("(pointer: coarse)").matches ? 26 : 14; // pixels
const LEAST = 0.01;

export function connect(frame) {
  const root = frame.closest("[data-crop-box]");
  let drag = null;

  const feel = ({ clientX, clientY }) => {
    const { x, y, width, height } = frame.getBoundingClientRect();
    const point = [(clientX - x) / width, (clientY - y) / height];
    const grip = gripAt(boxOf(root), point, [REACH / width, REACH / height], shapeOf(root));
    return { point, grip: grip === "move" && isWhole(boxOf(root)) ? "" : grip };
  };

  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    drag = { ...feel(event), box: boxOf(root) };
    frame.querySelector(`[data-keys=${drag.grip === "move" ? "move" : "size"}]`).focus({ preventScroll: true });
  });
  frame.addEventListener("pointermove", (event) => {
    const { point, grip } = feel(event);
    if (!frame.hasPointerCapture(event.pointerId)) {
      frame.dataset.at = grip;
      return;
    }
    const [x, y] = [0, 1].map((axis) => point[axis] - drag.point[axis]);
    if (drag.grip === "move") show(root, moved(drag.box, x, y));
    else if (drag.grip) show(root, dragged(drag.box, drag.grip, point, shapeOf(root)));
    else if (Math.hypot(x, y) > LEAST) show(root, spanned(drag.point, point, shapeOf(root)));
  });
  frame.addEventListener("keydown", (event) => {
    const step = event.target.dataset.keys && ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = step.map((part) => part * (event.shiftKey ? 0.1 : 0.01));
    const change = event.target.dataset.keys === "move" ? moved : grown;
    show(root, change(boxOf(root), x, y, shapeOf(root)));
  });
}

const moved = (box, x, y) => placed({ ...box, left: box.left + x, top: box.top + y });

function grown(box, x, y, shape) {
  const [across, down] = shape ? [x + y, (x + y) / shape] : [x, y];
  const corner = [box.left + Math.max(box.width + across, LEAST), box.top + Math.max(box.height + down, LEAST)];
  return dragged(box, shape ? "se" : x ? "e" : "s", corner, shape);
}
