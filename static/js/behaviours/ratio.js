// Pictures whose style needs their ratio, for a size that neither side alone decides.

export const selector = "img[data-ratio]";

export function connect(image) {
  image.style.setProperty("--ratio", image.getAttribute("width") / image.getAttribute("height"));
}
