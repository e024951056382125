// Questions that depend on an answer to another: shown only while it is given. A hidden one counts
// as not answered, here and in webinars/conditions.py; disabled, it is not sent.
import { visible } from "./survey-conditions.js";

const plain = (text) => text.toLowerCase();
const inputs = (group) => [...group.querySelectorAll("input, select, textarea")];
const isGiven = ({ type, checked }) => !["radio", "checkbox"].includes(type) || checked;

function question(group) {
  const [first] = inputs(group);
  const { shownIf, answer } = first?.dataset ?? {};
  const showIf = shownIf && { all: [{ question: shownIf, operator: "includes", value: plain(answer) }] };
  return { group, key: first?.name, showIf };
}

export function shownIf(root) {
  for (const form of root.querySelectorAll("form")) {
    if (!form.querySelector("[data-shown-if]")) continue;
    const questions = [...form.querySelectorAll(".usa-form-group")].map(question);
    const reveal = () => {
      const given = Object.fromEntries(questions.map(({ group, key }) =>
        [key, { value: inputs(group).filter(isGiven).map(({ value }) => plain(value)) }]));
      const shown = visible(questions, given);
      for (const { group, key, showIf } of questions) {
        if (!showIf) continue;
        group.hidden = !shown.has(key);
        for (const input of inputs(group)) input.disabled = group.hidden;
        group.querySelector("[id$=_helptext]")?.setAttribute("hidden", "");
      }
    };
    form.addEventListener("change", reveal);
    reveal();
  }
}
