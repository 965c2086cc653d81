// The focal point: a mark on the picture that goes where pointer, keys and fields say. The crops
// follow it at once; when it has been saved, what the server has cut takes their place.

import { hideLive, showLive } from "../crop.js";

export const selector = "[data-focal]";

const STEPS = { ArrowLeft: ["left", -1], ArrowRight: ["left", 1], ArrowUp: ["top", -1], ArrowDown: ["top", 1] };

export function connect(root) {
  const all = (what) => [...root.querySelectorAll(what)];
  const slider = (axis) => root.querySelector(`#focal-slider-${axis}`);

  const move = (axis, percent, source) => {
    const at = Math.round(10 * Math.min(Math.max(percent, 0), 100)) / 10;
    for (const input of all(`[data-axis=${axis}]`)) if (input !== source) input.value = at;
    const names = axis === "left" ? ["cx", "x1", "x2"] : ["cy", "y1", "y2"];
    for (const part of all(`.focal-mark [data-follows~=${axis}]`)) {
      for (const name of names) if (part.hasAttribute(name)) part.setAttribute(name, `${at}%`);
    }
    const [left, top] = ["left", "top"].map((other) => Number(slider(other).value));
    const words = `${left} % from the left, ${top} % from the top`;
    all("[type=range]").forEach((input) => input.setAttribute("aria-valuetext", words));
    all(".focal-live").forEach((image) => showLive(image, { left: left / 100, top: top / 100 }, root.dataset));
  };

  const drag = (frame, { clientX, clientY }) => {
    const { x, y, width, height } = frame.getBoundingClientRect();
    move("left", (100 * (clientX - x)) / width);
    move("top", (100 * (clientY - y)) / height);
  };

  root.addEventListener("pointerdown", (event) => {
    const frame = event.target.closest(".focal-frame");
    if (!frame || event.button) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    slider("left").focus({ preventScroll: true });
    drag(frame, event);
  });
  root.addEventListener("pointermove", (event) => {
    if (event.target.hasPointerCapture(event.pointerId)) drag(event.target, event);
  });
  root.addEventListener("keydown", (event) => {
    const [axis, step] = (event.target.type === "range" && STEPS[event.key]) || [];
    if (!axis) return;
    event.preventDefault();
    move(axis, Number(slider(axis).value) + step * (event.shiftKey ? 10 : 1));
  });
  root.addEventListener("input", ({ target }) => {
    const percent = Number(target.value.replace(",", ".").replace("%", "") || NaN);
    if (percent >= 0 && percent <= 100) move(target.dataset.axis, percent, target);
  });
  root.addEventListener("easel:filled", () => {
    for (const input of all("[data-axis]")) input.value = input.defaultValue;
    const wrong = root.querySelector("[aria-invalid]");
    if (wrong) wrong.focus();
    else all(".focal-live").forEach(hideLive);
  });
}
