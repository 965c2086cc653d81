// A picture shows over its blurred preview once it has come.

export const selector = "img.full";

export function connect(image) {
  const show = () => image.toggleAttribute("data-ready", image.naturalWidth > 0);
  image.addEventListener("load", show);
  if (image.complete) show();
}
