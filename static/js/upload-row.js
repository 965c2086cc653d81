// A row of the list of uploads: a form of its own, filled with one file or one address.

let number = 0;

export function row(name, file, url) {
  const made = document.getElementById("uploads-row").content.firstElementChild.cloneNode(true);
  made.querySelector(".upload-name").textContent = name;
  made.querySelector(".upload-state").textContent = "Waiting";
  made.querySelector("progress").setAttribute("aria-label", name);
  made.querySelector("[name=url]").value = url;
  made.querySelector("[name=row]").value = number += 1;
  made.querySelector(".upload-state").id = `upload-state-${number}`;
  if (file) carry(made, file);
  return made;
}

function carry(made, file) {
  const carried = new DataTransfer();
  carried.items.add(file);
  made.querySelector("[type=file]").files = carried.files;
  const face = made.querySelector("img");
  face.addEventListener("load", () => (face.hidden = false));
  for (const name of ["load", "error"]) face.addEventListener(name, () => URL.revokeObjectURL(face.src));
  face.src = URL.createObjectURL(file);
}
