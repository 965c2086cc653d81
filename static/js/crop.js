// Where a crop lies in a picture, as cover_region in webapp/imaging/geometry.py has it: around the
// focal point, as nearly as the edges allow.

// Shares of what hangs over, as object-position takes them. `focal` is in shares of the picture.
export function cropPosition(focal, picture, box) {
  const scale = Math.min(picture.width / box.width, picture.height / box.height);
  return {
    left: along(focal.left, picture.width, box.width * scale),
    top: along(focal.top, picture.height, box.height * scale),
  };
}

function along(share, whole, part) {
  const over = whole - part;
  return over > 0 ? Math.min(Math.max((share * whole - part / 2) / over, 0), 1) : 0.5;
}

// Lets the whole picture stand in for a crop of it that the server has not made yet.
export function showLive(image, focal, picture) {
  const box = { width: Number(image.getAttribute("width")), height: Number(image.getAttribute("height")) };
  const { left, top } = cropPosition(focal, picture, box);
  image.style.setProperty("object-position", `${100 * left}% ${100 * top}%`);
  image.hidden = false;
}

// Lets the crop that the server has made be seen again, once it has come.
export function hideLive(image) {
  const made = image.previousElementSibling;
  const position = image.style.getPropertyValue("object-position");
  const hide = () => {
    const isMoved = image.style.getPropertyValue("object-position") !== position;
    if (!isMoved) image.hidden = true;
  };
  if (made.complete) hide();
  else for (const name of ["load", "error"]) made.addEventListener(name, hide, { once: true });
}
