// A questionnaire looked at before anybody is asked: conditions hold as one answers, and what was
// entered goes along from page to page. Without this file the buttons of the bar do both.
import { Sheet } from "./survey.js";

class Trial extends Sheet {
  start() {
    this.listen();
    this.reveal();
  }

  // Nothing is saved.
  changedTo(question) {
    question.show();
    this.reveal();
  }

  // What does not apply now is sent as well: it may apply again.
  enable() {
    for (const { box } of this.questions) for (const input of box.querySelectorAll("[disabled]")) input.disabled = false;
  }
}

export function preview(root) {
  const bar = root.querySelector("[data-preview]");
  const form = root.getElementById("answers");
  if (!bar || !form) return;
  const trial = "elsewhere" in form.dataset ? new Trial(root, form, "") : null;
  trial?.start();
  form.addEventListener("submit", () => trial?.enable());

  const go = (address, act) => {
    form.append(Object.assign(root.createElement("input"), { type: "hidden", name: "preview", value: act }));
    form.action = address;
    form.noValidate = true;
    form.requestSubmit();
  };
  const main = root.querySelector("main");
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = link && !event.defaultPrevented && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || !link.pathname.startsWith(bar.dataset.preview) || "start" in link.dataset) return;
    if (link.hash && link.pathname === window.location.pathname) return;
    event.preventDefault();
    go(link.href, "show");
  });
  // What the page's other forms would do is not done; who may see what is tried out.
  main.addEventListener("submit", (event) => {
    if (event.target === form) return;
    event.preventDefault();
    const entered = bar.querySelector("[name=entered]");
    const levels = [...new FormData(event.target)].filter(([name]) => name.startsWith("sharing."));
    entered.value = JSON.stringify({ ...JSON.parse(entered.value), ...Object.fromEntries(levels.map(([name, level]) => [name, [level]])) });
    go(event.target.action, levels.length ? "show" : "acted");
  });
}
