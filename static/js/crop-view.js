// Draws the box on the picture, and the picture as it will come out. The box is kept in data-box,
// in percent: left, top, width and height.

const SIDES = ["left", "top", "width", "height"];

const percent = (share) => Math.round(10_000 * share) / 100;
const part = (root, name) => root.querySelector(`[data-crop=${name}]`);
const sizeOf = (root) => [Number(root.dataset.width), Number(root.dataset.height)];
const ratioOf = (root) => root.querySelector("[name=ratio]:checked").value.split(":").map(Number);

export function boxOf(root) {
  const values = root.dataset.box.split(" ").map((number) => Number(number) / 100);
  return Object.fromEntries(SIDES.map((side, index) => [side, values[index]]));
}

// The chosen ratio of width to height in shares of the picture's sides, 0 where any will do.
export function shapeOf(root) {
  const [across, down] = ratioOf(root);
  const size = sizeOf(root);
  return down ? ((across / down) * size[1]) / size[0] : 0;
}

// `source` is the field that somebody is writing in: it keeps what they wrote.
export function show(root, box, source) {
  const shown = SIDES.map((side) => percent(box[side]));
  root.dataset.box = shown.join(" ");
  for (const input of root.querySelectorAll("[data-side]")) {
    if (input !== source) input.value = shown[SIDES.indexOf(input.dataset.side)];
  }
  drawBox(root, shown);
  drawResult(root);
}

function drawBox(root, [left, top, width, height]) {
  part(root, "shade").setAttribute("d", `M0 0H100V100H0ZM${left} ${top}h${width}v${height}h${-width}Z`);
  for (const [name, value] of Object.entries({ x: left, y: top, width, height })) {
    part(root, "box").setAttribute(name, `${value}%`);
  }
  const words = `${left} % from the left, ${top} % from the top, ${width} % wide, ${height} % high`;
  root.querySelectorAll("[data-keys]").forEach((input) => input.setAttribute("aria-valuetext", words));
  root.querySelector("[data-keys=move]").value = left;
  root.querySelector("[data-keys=size]").value = width;
}

export function drawResult(root) {
  const { turn, mirror, flip } = root.querySelector("form").elements;
  const [left, top, width, height] = pixels(root);
  const quarters = Number(turn.value) / 90;
  const [across, down] = quarters % 2 ? [height, width] : [width, height];
  const steps = [
    mirror.checked ? `translate(${across} 0) scale(-1 1)` : "",
    flip.checked ? `translate(0 ${down}) scale(1 -1)` : "",
    ["", `translate(${height} 0) rotate(90)`, `translate(${width} ${height}) rotate(180)`, `translate(0 ${width}) rotate(270)`][quarters],
    `translate(${-left} ${-top})`,
  ];
  part(root, "view").setAttribute("viewBox", `0 0 ${across} ${down}`);
  part(root, "clip").setAttribute("width", across);
  part(root, "clip").setAttribute("height", down);
  part(root, "picture").setAttribute("transform", steps.join(" "));
  part(root, "size").textContent = `${across} × ${down}`;
}

// The box in whole pixels, about as Edit.box in webapp/services/edit_wishes.py has it.
function pixels(root) {
  const [box, size, ratio] = [boxOf(root), sizeOf(root), ratioOf(root)];
  const at = (share, axis) => Math.min(Math.floor(share * size[axis] + 0.5), size[axis]);
  const [left, top] = [Math.min(at(box.left, 0), size[0] - 1), Math.min(at(box.top, 1), size[1] - 1)];
  const [width, height] = [at(box.left + box.width, 0) - left, at(box.top + box.height, 1) - top];
  if (!ratio[1]) return [left, top, Math.max(1, width), Math.max(1, height)];
  const scale = Math.min(width / ratio[0], height / ratio[1]);
  return [left, top, ...ratio.map((term) => Math.max(1, Math.round(term * scale)))];
}
