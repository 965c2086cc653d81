// Messages that go away by themselves, though never while someone reads or uses them.

export const selector = "#toasts, .toast";

const SENTENCES = {
  0: "Easel can't be reached. Nothing is lost: try again in a moment.",
  404: "This isn't there any more.",
  410: "This isn't there any more.",
  413: "That is larger than this Easel accepts.",
  429: "That was a lot at once. Wait a moment, then try again.",
};
const MOST = 4;

export const sentence = (status) => SENTENCES[status] ?? "That didn't work. Try again in a moment.";

export function show(kind, message) {
  const toast = document.getElementById(`toast-${kind}`).content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = message;
  document.getElementById("toasts").append(toast);
  connect(toast);
  return toast;
}

export function connect(element) {
  if (element.id === "toasts") stayOnTop(element);
  else if (element.dataset.stay && !element.dataset.timed) expire(element);
}

function expire(toast) {
  toast.dataset.timed = "";
  let timer;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => toast.remove(), 1000 * Number(toast.dataset.stay));
  };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  toast.querySelector("[data-dismiss]").addEventListener("click", () => toast.remove());
  start();
  const words = (other) => other.querySelector("p").textContent;
  const older = [...toast.parentElement.querySelectorAll(".toast[data-timed]")].filter((other) => other !== toast);
  older.filter((other, at) => words(other) === words(toast) || at <= older.length - MOST).forEach((old) => old.remove());
}

// All but the topmost modal dialog is inert: the toasts follow it there and back.
function stayOnTop(toasts) {
  const follow = () => {
    const top = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
    if (toasts.parentElement !== top) top.append(toasts);
  };
  const watcher = new MutationObserver(follow);
  document.querySelectorAll("dialog").forEach((dialog) => watcher.observe(dialog, { attributeFilter: ["open"] }));
}
