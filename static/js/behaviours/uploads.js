// The list of what is on its way: a row each, two at a time.
import { row } from "../upload-row.js";
import { sentence } from "./toasts.js";

export const selector = "#uploads";

const AT_ONCE = 2;
const STAY = 8000; // milliseconds, once everything has gone well
const rows = (...states) => states.flatMap((state) => [...document.querySelectorAll(`.upload[data-state=${state}]`)]);
let timer;

export function connect(list) {
  list.querySelector(".uploads-head button").addEventListener("click", () => hide(list));
  list.addEventListener("easel:answered", (event) => answered(event.target));
}

export function bring(files, url) {
  const list = document.getElementById("uploads");
  for (const made of [...files.map((file) => row(file.name, file, "")), ...(url ? [row(url, null, url)] : [])]) {
    list.querySelector("ul").append(made);
    made.dispatchEvent(new CustomEvent("easel:added", { bubbles: true }));
  }
  list.hidden = !list.querySelector(".upload");
  next();
}

function next() {
  for (const waiting of rows("waiting").slice(0, AT_ONCE - rows("sending").length)) {
    waiting.dataset.state = "sending";
    waiting.querySelector("form").requestSubmit();
  }
  const [done, refused, left] = [rows("done").length, rows("refused").length, rows("waiting", "sending").length];
  const kept = `${done} uploaded` + (refused ? `, ${refused} with problems` : "");
  const told = left ? `Uploading ${done + refused + 1} of ${done + refused + left}` : kept;
  document.getElementById("uploads-title").textContent = told;
  clearTimeout(timer);
  if (!left && !refused) timer = setTimeout(() => fade(document.getElementById("uploads")), STAY);
}

function answered(form) {
  const state = form.querySelector(".upload-state");
  if (!state.querySelector(".upload-outcome")) {
    const told = document.createElement("p");
    told.className = "upload-bad";
    told.textContent = sentence(Number(form.dataset.status));
    state.replaceChildren(told);
  }
  form.closest(".upload").dataset.state = state.querySelector(".upload-bad") ? "refused" : "done";
  next();
}

function fade(list) {
  if (!list.matches(":hover, :focus-within")) return hide(list);
  timer = setTimeout(() => fade(list), STAY);
}

function hide(list) {
  list.hidden = true;
  rows("done", "refused").forEach((finished) => finished.remove());
}
