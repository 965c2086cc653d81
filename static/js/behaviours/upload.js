// Pictures from a button, dropped anywhere, or pasted; sent with their progress shown.

import { show } from "./toasts.js";

export const selector = "[data-upload-form]";

export function connect(form) {
  const input = form.querySelector("input[type=file]");
  const take = (files) => {
    const pictures = new DataTransfer();
    [...files].forEach((file) => pictures.items.add(file));
    input.files = pictures.files;
    form.requestSubmit();
  };
  input.addEventListener("change", () => input.files.length && form.closest("[hidden]") && form.requestSubmit());

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-upload]")) return;
    event.preventDefault();
    input.click();
  });
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.documentElement.toggleAttribute("data-dropping", true);
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (name === "drop" || !event.relatedTarget) document.documentElement.removeAttribute("data-dropping");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
}

/** Stands in for fetch, which doesn't say how far an upload has come. */
export function send(url, { method, headers, body, signal }) {
  const toast = show("progress", "Uploading");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      toast.querySelector("progress").value = total ? (100 * loaded) / total : 0;
    });
    request.addEventListener("load", () => resolve(answer(request)));
    request.addEventListener("error", () => reject(new TypeError("The upload was cut off")));
    request.addEventListener("loadend", () => toast.remove());
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function answer(request) {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split("\r\n")) {
    headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  }
  const body = request.status === 204 ? null : request.responseText;
  return new Response(body, { status: request.status, headers });
}
