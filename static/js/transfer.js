// Stands in for fetch, which doesn't say how far an upload has come.

export function sender(form) {
  const bar = form.querySelector("progress");
  const state = form.querySelector(".upload-state");
  const hasFile = Boolean(form.querySelector("[type=file]").files.length);
  return (url, { method, headers, body, signal }) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    state.textContent = hasFile ? "Uploading" : "Fetching";
    if (!hasFile) bar.removeAttribute("value");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (!hasFile || !total) return;
      bar.value = (100 * loaded) / total;
      state.textContent = loaded < total ? `${Math.floor(bar.value)} %` : "Looking at it";
    });
    request.addEventListener("load", () => resolve(answer(request)));
    request.addEventListener("error", () => reject(new TypeError("The upload was cut off")));
    request.addEventListener("abort", () => reject(new DOMException("The upload took too long", "AbortError")));
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
