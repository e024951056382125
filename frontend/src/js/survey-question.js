// One question of a survey: its fields, and what is known to be saved of them.
const NUMBERS = ["number", "percentage", "currency", "year"];
const BOXES = ["radio", "checkbox"];

export class Question {
  constructor(box) {
    this.box = box;
    this.key = box.dataset.question;
    this.type = box.dataset.type;
    this.showIf = box.dataset.showIf ? JSON.parse(box.dataset.showIf) : null;
    this.seen = this.hidden("seen").value; // the revision that the person writes over
    this.saved = this.text(); // what the fields say when everything is saved
    this.tried = null; // a save of which nobody knows yet what became of it
    this.isSending = false;
    this.refused = ""; // what was found wrong: it waits for a correction
    if (!this.part("error").hidden && this.type !== "file") this.refused = this.saved;
    if (this.refused || "unsaved" in box.dataset) this.saved = "";
  }

  get isSaved() {
    return !this.tried && !this.isClashing && this.text() === this.saved;
  }

  // Whether just this was sent, and nobody knows yet what became of it.
  get isTried() {
    return this.tried !== null && JSON.stringify(this.tried.fields) === this.text();
  }

  // Whether two answers stand side by side and the person has not chosen yet.
  get isClashing() {
    return Boolean(this.part("clash").firstElementChild);
  }

  get needsPerson() {
    return this.isClashing || this.isPartial || (!this.tried && this.refused === this.text());
  }

  // Whether a day is typed in part: the field says nothing then, which is no answer.
  get isPartial() {
    return !this.box.hidden && this.inputs().some((input) => input.validity.badInput);
  }

  part(name) {
    return this.box.querySelector(`[data-${name}]`);
  }

  hidden(name) {
    return this.box.querySelector(`input[name="${name}.${this.key}"]`);
  }

  inputs() {
    const names = [`value.${this.key}`, `reason.${this.key}`, `sharing.${this.key}`];
    return [...this.box.querySelectorAll("[name]")]
      .filter(({ name }) => names.includes(name) || name.startsWith(`value.${this.key}.`));
  }

  // The fields as a form would send them: [[name, value]].
  read() {
    return this.inputs()
      .filter((input) => !BOXES.includes(input.type) || input.checked)
      .map((input) => [input.name, input.value]);
  }

  text() {
    return JSON.stringify(this.read());
  }

  write(fields) {
    for (const input of this.inputs()) {
      const given = fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (BOXES.includes(input.type)) input.checked = given.includes(input.value);
      else input.value = given[0] ?? "";
    }
    this.show();
  }

  // Take the value away; who may see it stays.
  clear() {
    this.write(this.read().filter(([name]) => name.startsWith("sharing.")));
  }

  // “None of these” stands alone.
  exclude(ticked) {
    for (const box of this.inputs()) {
      if (box.type === "checkbox" && box !== ticked && ("alone" in ticked.dataset || "alone" in box.dataset)) box.checked = false;
    }
  }

  // What conditions ask about.
  entry() {
    const fields = this.read().filter(([, value]) => value.trim());
    const reason = fields.find(([name]) => name.startsWith("reason."));
    if (reason) return { value: null, not_reported: reason[1] };
    const values = fields.filter(([name]) => name === `value.${this.key}`).map(([, value]) => value.trim());
    if (this.type === "multiple_choice") return { value: values };
    if (this.type === "file") return { value: [...this.box.querySelectorAll("[name^='remove.']")].map((input) => input.value) };
    if (this.type === "matrix" || this.type === "ranking") return { value: fields.filter(([name]) => name.startsWith("value.")).map(([name]) => name) };
    const text = values[0] ?? "";
    if (!NUMBERS.includes(this.type) || !text) return { value: text };
    const number = Number(text.replace(/[\s,$%]/g, ""));
    return { value: Number.isNaN(number) ? null : number };
  }

  // What the page says beside the fields.
  show() {
    const clear = this.part("clear");
    if (clear) clear.hidden = !this.read().some(([name, value]) => name.startsWith("value.") && value);
    const chosen = this.box.querySelector(`[name="sharing.${this.key}"]:checked`);
    if (chosen) this.part("level").textContent = chosen.dataset.label;
  }

  // Hide what does not apply: it is not sent, so what it says stays as it is.
  toggle(applies) {
    this.box.hidden = !applies;
    for (const input of this.box.querySelectorAll("input, select, textarea, button")) input.disabled = !applies;
    this.part("condition")?.setAttribute("hidden", "");
  }

  // What was said the last time, in place of what is there; who may see it stays.
  carry() {
    const said = JSON.parse(this.part("carried").dataset.carried);
    const kept = this.read().filter(([name]) => name.startsWith("sharing."));
    this.write([...kept, ...Object.entries(said).flatMap(([name, values]) => values.map((value) => [name, value]))]);
  }

  // Asks about what looks like a slip; nothing waits for the answer.
  doubt(text = "") {
    this.part("doubt").textContent = text;
    this.part("doubt").hidden = !text;
  }

  say(text) {
    this.part("who").hidden = false;
    this.part("who").textContent = text;
  }

  fail(text) {
    this.part("error").textContent = text;
    this.part("error").hidden = !text;
    this.box.classList.toggle("usa-form-group--error", Boolean(text));
    const field = this.box.querySelector(`[id="${this.box.id}-field"]`);
    if (text) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
}
