// A file that is too large is told of when it is chosen, and the form is not sent with it: what was
// typed stays. Without this file the server says the same after the upload.
const MB = 1024 * 1024;

function tooLarge(input) {
  const most = Number(input.dataset.maxMb) * MB;
  return [...input.files].find(({ size }) => size > most);
}

function tell(input) {
  const id = `${input.id}-size`;
  const file = tooLarge(input);
  document.getElementById(id)?.remove();
  const said = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (file) {
    const alert = document.createElement("span");
    Object.assign(alert, { id, className: "usa-error-message", textContent: input.dataset.tooLarge.replace("%(name)s", () => file.name) });
    alert.setAttribute("role", "alert");
    input.before(alert);
    said.push(id);
  }
  input.setAttribute("aria-describedby", said.join(" "));
  input.setAttribute("aria-invalid", String(Boolean(file)));
}

export function fileSize(root) {
  for (const input of root.querySelectorAll("input[type=file][data-max-mb]")) {
    input.addEventListener("change", () => tell(input));
    input.form?.addEventListener("submit", (event) => {
      if (!tooLarge(input)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    }, { capture: true });
  }
}
