// Stands in for fetch, which doesn't say how far an upload has come.

import { show } from "./behaviours/toasts.js";

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
