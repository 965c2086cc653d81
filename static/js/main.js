// Joins htmx to the behaviours. The only file that names an htmx event: behaviours hear of
// what happens by events of our own, easel:filled, easel:changed, easel:compose and so on.

import * as compose from "./behaviours/compose.js";
import * as confirm from "./behaviours/confirm.js";
import * as copy from "./behaviours/copy.js";
import * as cropBox from "./behaviours/crop-box.js";
import * as cropForm from "./behaviours/crop-form.js";
import * as dialogs from "./behaviours/dialogs.js";
import * as dismiss from "./behaviours/dismiss.js";
import * as focal from "./behaviours/focal.js";
import * as follow from "./behaviours/follow.js";
import * as keys from "./behaviours/keys.js";
import * as lightbox from "./behaviours/lightbox.js";
import * as mask from "./behaviours/mask.js";
import * as offline from "./behaviours/offline.js";
import * as ratio from "./behaviours/ratio.js";
import * as reveal from "./behaviours/reveal.js";
import * as sheet from "./behaviours/sheet.js";
import * as shortcuts from "./behaviours/shortcuts.js";
import * as slider from "./behaviours/slider.js";
import * as toasts from "./behaviours/toasts.js";
import * as unfold from "./behaviours/unfold.js";
import * as upload from "./behaviours/upload.js";
import * as uploads from "./behaviours/uploads.js";
import { sender } from "./transfer.js";

const behaviours = [
  reveal, ratio, toasts, compose, unfold, follow, dismiss, lightbox, sheet, dialogs, copy, focal, mask, uploads, upload, offline, keys,
  shortcuts, cropBox, cropForm, slider,
];
const connected = new Map(behaviours.map((behaviour) => [behaviour, new WeakSet()]));

function connect(root) {
  for (const [behaviour, known] of connected) {
    const found = [...root.querySelectorAll(behaviour.selector)];
    if (root.matches(behaviour.selector)) found.push(root);
    for (const element of found) {
      if (known.has(element)) continue;
      known.add(element);
      behaviour.connect(element);
    }
  }
}

function tell(name, target = document, detail = {}) {
  return target.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
}

const on = (name, listener) => document.addEventListener(name, listener);
const isUpload = (ctx) => Boolean(ctx?.sourceElement?.matches?.("[data-upload-row]"));
const isPoll = (ctx) => Boolean(ctx?.sourceElement?.matches?.("[data-poll]"));

connect(document.body);
on("easel:added", (event) => window.htmx.process(event.target));
on("htmx:after:process", (event) => event.target instanceof Element && connect(event.target));

// htmx 4.0.1 cancels Ctrl-click on links that it drives; let the browser have those.
document.addEventListener("click", (event) => {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey;
  if (isModified && event.target.closest?.("a[href]")) event.stopPropagation();
}, true);

on("visibilitychange", () => document.hidden || tell("easel:visible"));

on("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const source = ctx.sourceElement;
  if (isPoll(ctx) && document.hidden) return event.preventDefault();
  // On a page of its own there is no composer to fill and no dialog to close: go there instead.
  if (source.matches("a[data-compose]") && !document.getElementById("composer")) {
    event.preventDefault();
    location.href = source.href;
  } else if (source.matches("form[data-leaves]") && !source.closest("dialog")) {
    event.preventDefault();
    source.submit();
  } else if (ctx.request.method === "GET") {
    ctx.request.body?.delete?.("csrf_token");
  } else {
    ctx.request.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
    ctx.request.headers["Easel-Version"] = document.getElementById("live")?.dataset.version ?? "";
    if (isUpload(ctx)) ctx.fetch = sender(source);
  }
});

on("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  confirm.ask(ctx.confirm).then((isSure) => (isSure ? issueRequest() : dropRequest()));
});

on("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  ctx.composes = ctx.sourceElement.matches("[data-compose]");
  // What is there already is not added once more: two answers may bring the same tile.
  for (const task of tasks.filter(({ swapSpec }) => ["afterbegin", "beforeend"].includes(swapSpec?.style))) {
    for (const element of [...task.fragment.children]) {
      if (element.id && document.getElementById(element.id)) element.remove();
    }
  }
});

on("htmx:after:settle", (event) => {
  tell("easel:filled", event.target);
  if (event.target.id === "live") tell("easel:changed");
});

on("htmx:after:swap", ({ detail: { ctx } }) => ctx.composes && tell("easel:compose"));

on("htmx:after:request", ({ detail: { ctx } }) => isPoll(ctx) && tell("easel:reached"));

on("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isUpload(ctx)) {
    ctx.sourceElement.dataset.status = ctx.response?.status ?? 0;
    tell("easel:answered", ctx.sourceElement);
  }
  if (!(ctx.response?.status < 400)) return;
  if (ctx.sourceElement.matches("[data-dismisses]")) ctx.sourceElement.closest(".toast")?.remove();
  if (ctx.sourceElement.matches("[data-leaves]")) tell("easel:leave");
});

on("htmx:response:error", ({ detail: { ctx } }) => {
  const isTold = [409, 422].includes(ctx.response.status) || ctx.text.includes("<hx-partial");
  if (!isTold && !isPoll(ctx) && !isUpload(ctx)) toasts.show("error", toasts.sentence(ctx.response.status));
});

on("htmx:error", ({ detail: { ctx } }) => {
  if (isPoll(ctx)) tell("easel:unreached");
  else if (!isUpload(ctx)) toasts.show("error", toasts.sentence(0));
});

on("htmx:before:history:restore", (event) => {
  if (!tell("easel:restore", document, { path: event.detail.path })) event.preventDefault();
});
