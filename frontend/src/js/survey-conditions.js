// Which questions apply, given the answers to others: the same rules as surveys/conditions.py.
// tests/surveys/condition_cases.json tests both.
export const isBlank = (entry) =>
  !entry || (!entry.not_reported && (entry.value === undefined || entry.value === null || entry.value === ""
    || (Array.isArray(entry.value) ? entry.value : typeof entry.value === "object" ? Object.keys(entry.value) : [1]).length === 0));
const same = (value, operand) => value !== undefined && value !== null && JSON.stringify(value) === JSON.stringify(operand);
const anyOf = (value, operand) => (Array.isArray(value) ? value : [value]).some((one) => operand.includes(one));
const includes = (value, operand) => Array.isArray(value) && value.includes(operand);
// What is not reported has no value and no order.
const ordered = (compare) => (value, operand) => value !== undefined && value !== null && compare(value, operand);

const operators = {
  answered: () => true,
  equals: same,
  not_equals: (value, operand) => !same(value, operand),
  any_of: anyOf,
  includes,
  excludes: (value, operand) => !includes(value, operand),
  gt: ordered((a, b) => a > b),
  gte: ordered((a, b) => a >= b),
  lt: ordered((a, b) => a < b),
  lte: ordered((a, b) => a <= b),
};

// Whether every condition holds; one on a question that is not answered never does.
export function isMet(showIf, answered) {
  return !showIf || showIf.all.every((condition) => {
    const entry = answered[condition.question];
    return !isBlank(entry) && operators[condition.operator](entry.value, condition.value);
  });
}

// The keys of the questions that apply, of [{key, showIf}] in their order. `given` holds their
// entries; `elsewhere` the answers of other sections. A hidden question counts as not answered.
export function visible(questions, given, elsewhere = {}) {
  const shown = new Set();
  const answered = { ...elsewhere };
  for (const { key, showIf } of questions) {
    if (!isMet(showIf, answered)) continue;
    shown.add(key);
    if (!isBlank(given[key])) answered[key] = given[key];
  }
  return shown;
}
