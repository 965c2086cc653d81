// Keyboard shortcuts: between pictures, and on the one that has the focus or is open.

import { beside } from "../nearest.js";
import { areOn } from "./shortcuts.js";

export const selector = "body";

const links = () => [...document.querySelectorAll(".rows .tile-link")];
const open = () => document.querySelector("#lightbox[open] .detail, main .detail");
const tile = () => document.activeElement?.closest?.(".tile");

const ON_DETAIL = { ArrowLeft: "#detail-previous", k: "#detail-previous", ArrowRight: "#detail-next", j: "#detail-next" };
const COMPOSE = ".tile-btn[data-compose], a[data-shortcut=compose]";
const WAYS = { c: "a[data-shortcut=edit]", e: "a[data-shortcut=embed]", v: "a[data-shortcut=variations]" };
const ON_PICTURE = { ...WAYS, u: COMPOSE, Delete: "form[data-shortcut=delete]" };

export function connect(body) {
  body.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areOn()) return;
    if (document.querySelector("dialog:modal:not(#lightbox)")) return;
    if (press(event.key)) event.preventDefault();
  });
}

const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");

function press(key) {
  if (key === "?") return document.getElementById("shortcuts").showModal() ?? true;
  if (key === "g") return focusPrompt();
  const detail = open();
  if (key === "Escape" && detail?.closest("main")) return use(detail.querySelector("[data-closes]"));
  if (detail && ON_DETAIL[key]) return use(detail.querySelector(ON_DETAIL[key]));
  if (ON_PICTURE[key]) return use((detail ?? tile())?.querySelector(ON_PICTURE[key]));
  return !detail && move(key);
}

function use(element) {
  const next = element?.closest(".tile")?.nextElementSibling?.querySelector(".tile-link");
  if (element?.matches("form")) element.requestSubmit();
  else element?.click();
  if (element?.matches("form")) next?.focus();
  return Boolean(element);
}

function focusPrompt() {
  const prompt = document.querySelector("#composer :is(.composer-prompt, .composer-vars .input)");
  if (!prompt || open()) return false;
  prompt.focus();
  return true;
}

function move(key) {
  const all = links();
  const at = all.indexOf(tile()?.querySelector(".tile-link"));
  const step = { j: 1, k: -1, ArrowRight: at < 0 ? 0 : 1, ArrowLeft: at < 0 ? 0 : -1 }[key];
  const next = step ? all[at < 0 ? 0 : at + step] : at >= 0 && beside(all, all[at], key);
  next?.focus?.();
  return Boolean(next);
}
