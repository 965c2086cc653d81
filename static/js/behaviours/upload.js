// Pictures from a button, dropped anywhere, or pasted; sent with their progress shown.

export const selector = "[data-upload-form]";

export function connect(form) {
  const input = form.querySelector("input[type=file]");
  const send = () => {
    form.requestSubmit();
    input.value = ""; // so that the same picture can be chosen again
  };
  const take = (files) => {
    const pictures = new DataTransfer();
    [...files].forEach((file) => pictures.items.add(file));
    input.files = pictures.files;
    send();
  };
  input.addEventListener("change", () => input.files.length && form.closest("[hidden]") && send());

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
