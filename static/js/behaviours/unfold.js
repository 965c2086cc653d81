// The composer unfolds when somebody goes to one of its fields, and stays so until they go
// elsewhere: were it to fold at the press of a button, the button would move away.

export const selector = "#composer";

const isField = (element) => Boolean(element?.closest(".composer-prompt, .composer-vars, .composer-opts"));

export function connect(form) {
  const focused = document.activeElement;
  form.toggleAttribute("data-open", form.contains(focused) && isField(focused));
  form.addEventListener("focusin", ({ target }) => isField(target) && form.toggleAttribute("data-open", true));
}

for (const name of ["pointerdown", "focusin"]) {
  document.addEventListener(name, ({ target }) => {
    if (!target.closest?.("#composer")) document.getElementById("composer")?.removeAttribute("data-open");
  });
}
