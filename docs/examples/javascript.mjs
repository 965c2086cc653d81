// Makes a picture, uploads one, embeds it and lists what there is; for Node 18 and later.
//
//   EASEL=http://127.0.0.1:8000 EASEL_TOKEN=easel_… node javascript.mjs picture.png

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { argv, env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const easel = env.EASEL ?? "http://127.0.0.1:8000";
const headers = { Authorization: `Bearer ${env.EASEL_TOKEN}` };

async function api(path, options = {}) {
  const answer = await fetch(easel + path, { ...options, headers: { ...headers, ...options.headers } });
  if (answer.status === 429 || answer.status === 503) {
    await sleep(1000 * Number(answer.headers.get("Retry-After") ?? 1));
    return api(path, options);
  }
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.title}: ${body.detail}`);
  return body;
}

function json(method, value) {
  return { method, body: JSON.stringify(value), headers: { "Content-Type": "application/json" } };
}

async function make(prompt) {
  let generation = await api("/api/generations", json("POST", { prompt }));
  while (["queued", "running"].includes(generation.status)) {
    await sleep(1000);
    generation = await api(`/api/generations/${generation.id}`);
  }
  return generation;
}

async function upload(path) {
  const form = new FormData();
  form.set("image", new Blob([await readFile(path)]), basename(path));
  form.set("visibility", "unlisted");
  return api("/api/images", { method: "POST", body: form });
}

console.log("Made a picture:", (await make("a lake at dawn")).status);
console.log(`<img src="${(await upload(argv[2])).sizes.w640}" alt="">`);
for (const image of (await api("/api/images?limit=5")).items) {
  console.log(image.timestamp, image.image, image.prompt || image.filename);
}
