// Sliders that say their number beside them.

export const selector = "input[data-tells]";

export function connect(slider) {
  const output = document.getElementById(slider.dataset.tells);
  slider.addEventListener("input", () => {
    output.value = `${slider.value} %`;
  });
}
