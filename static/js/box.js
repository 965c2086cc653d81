// The arithmetic of a box in a picture: everything in shares of its sides, 0 to 1. `shape` is the
// ratio of the box's width to its height in such shares, 0 where any will do.

const LEAST = 0.01;
const within = (value, low, high) => Math.min(Math.max(value, low), high);

export const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

export const isWhole = (box) => box.width > 0.999 && box.height > 0.999;

// The largest box of a shape, with the focal point at its middle as nearly as the edges allow: as
// cover_region in webapp/imaging/geometry.py has it.
export function largest(shape, focal) {
  if (!shape) return WHOLE;
  const [width, height] = [Math.min(1, shape), Math.min(1, 1 / shape)];
  return placed({ left: focal[0] - width / 2, top: focal[1] - height / 2, width, height });
}

// A box of the same size, moved into the picture.
export function placed(box) {
  return { ...box, left: within(box.left, 0, 1 - box.width), top: within(box.top, 0, 1 - box.height) };
}

// The box from a fixed point to another one. An axis that is not `free` stays as it is in `box`.
export function spanned(fixed, point, shape, box = WHOLE, free = [true, true]) {
  const to = [within(point[0], 0, 1), within(point[1], 0, 1)];
  const signs = fixed.map((at, axis) => (to[axis] < at ? -1 : 1));
  const room = fixed.map((at, axis) => (signs[axis] < 0 ? at : 1 - at));
  let [width, height] = fixed.map((at, axis) => Math.max(Math.abs(to[axis] - at), LEAST));
  if (shape) {
    width = Math.min(Math.max(width, height * shape), room[0], room[1] * shape);
    height = width / shape;
  }
  return placed({
    left: free[0] ? fixed[0] - (signs[0] < 0 ? width : 0) : box.left,
    top: free[1] ? fixed[1] - (signs[1] < 0 ? height : 0) : box.top,
    width: free[0] ? width : box.width,
    height: free[1] ? height : box.height,
  });
}

// Which part of a box is at a point: nw, n, ne … for its corners and sides, `move` inside, and
// nothing elsewhere. `reach` is how far a grip can be felt, in shares; sides have no grips of a shape.
export function gripAt(box, point, reach, shape) {
  const near = (axis, at) => Math.abs(point[axis] - at) <= reach[axis];
  const [right, foot] = [box.left + box.width, box.top + box.height];
  const x = near(0, box.left) ? "w" : near(0, right) ? "e" : "";
  const y = near(1, box.top) ? "n" : near(1, foot) ? "s" : "";
  const isBeside = point[0] > box.left - reach[0] && point[0] < right + reach[0];
  const isLevel = point[1] > box.top - reach[1] && point[1] < foot + reach[1];
  if (x && y) return y + x;
  if (!shape && ((x && isLevel) || (y && isBeside))) return y + x;
  const isInside = point[0] > box.left && point[0] < right && point[1] > box.top && point[1] < foot;
  return isInside ? "move" : "";
}

// The box after a grip has been dragged to a point.
export function dragged(box, grip, point, shape) {
  const fixed = [
    grip.includes("w") ? box.left + box.width : box.left,
    grip.includes("n") ? box.top + box.height : box.top,
  ];
  return spanned(fixed, point, shape, box, [/[we]/.test(grip), /[ns]/.test(grip)]);
}
