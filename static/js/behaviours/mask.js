// Painting a mask: strokes over the picture; what is painted may change.

export const selector = "[data-mask]";

const LONGEST = 1024;

export function connect(root) {
  const canvas = root.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const shrink = Math.min(1, LONGEST / Math.max(canvas.width, canvas.height));
  canvas.width = Math.max(1, Math.round(canvas.width * shrink));
  canvas.height = Math.max(1, Math.round(canvas.height * shrink));
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = pen.fillStyle = "white";
  let last = null;

  const place = ({ clientX, clientY }) => {
    const { x, y, width, height } = canvas.getBoundingClientRect();
    return [((clientX - x) * canvas.width) / width, ((clientY - y) * canvas.height) / height];
  };
  const stroke = (event) => {
    const next = place(event);
    pen.globalCompositeOperation = root.querySelector("#mask-erase").checked ? "destination-out" : "source-over";
    pen.lineWidth = (root.querySelector("#mask-size").value / 100) * Math.max(canvas.width, canvas.height);
    pen.beginPath();
    pen.moveTo(...(last ?? next));
    pen.lineTo(...next);
    pen.stroke();
    last = next;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) event.getCoalescedEvents().concat(event).forEach(stroke);
  });
  canvas.addEventListener("pointerup", () => (last = null));

  const all = (operation) => {
    pen.globalCompositeOperation = operation;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  root.querySelector("#mask-clear").addEventListener("click", () => all("destination-out"));
  root.querySelector("#mask-invert").addEventListener("click", () => all("source-out"));
  root.querySelector("#mask-use").addEventListener("click", () => use(root, canvas.toDataURL("image/png")));
  root.querySelector("#mask-file").addEventListener("change", () => use(root, ""));
}

function use(root, mask) {
  const field = document.getElementById("composer-mask");
  if (!field) return;
  field.value = mask;
  document.getElementById("composer-masked").click();
  root.closest("dialog")?.close();
}
