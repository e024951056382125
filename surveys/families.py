"""Questions that conditions link: what agencies handed in, could have, and what is read by name.

Pure functions; attacks.py tries figures with them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys import conditions, findings
from surveys.conditions import Condition
from surveys.entries import Entry
from surveys.models import Question

Practice = tuple[str, str]  # a question's key, and a part of it
Levels = frozenset[str]
NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Record:
    """What one agency has handed in, and what everybody knows of the agency."""

    response: int
    groups: frozenset[str]
    handed_in: frozenset[str]  # the releases by which it had, by number
    entries: Mapping[str, Entry] = field(default_factory=dict)  # by question's key
    changed: frozenset[str] = frozenset()  # keys of the answers that releases differ in
    is_open: bool = False  # opened again: nobody reads it by name


@dataclass
class Family:
    """Questions that conditions link, in their order, and what agencies say of them."""

    questions: list[Question]
    options: Mapping[str, list[str]]  # by question's key: the values to choose from
    alone: Mapping[str, frozenset[str]]  # those that cannot be combined with others
    records: Mapping[int, Record]

    def __post_init__(self) -> None:
        self.by_key = {question.key: question for question in self.questions}
        self.parents = {q.key: {c["question"] for c in clauses_of(q)} for q in self.questions}
        self.before = {key: conditions.behind(q, self.by_key) - {key} for key, q in self._items()}
        self.below = {
            key: {one for one in self.by_key if key in self.before[one]} for key in self.by_key
        }
        self.asks: dict[str, list[Condition]] = defaultdict(list)  # what follow-ups ask of each
        for question in self.questions:
            for clause in clauses_of(question):
                self.asks[clause["question"]].append(clause)
        self.linked = {key: self._linked(key) for key in self.by_key}
        self._applying: dict[int, set[str]] = {}
        self._turns: dict[Hashable, frozenset[str] | None] = {}

    def _items(self) -> Iterable[tuple[str, Question]]:
        return self.by_key.items()

    def _linked(self, key: str) -> set[str]:
        """Return the keys of all questions that conditions link with one, also through others."""
        found, waiting = set[str](), [key]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [*self.before[one], *self.below[one]]
        return found

    # What an agency could say instead, all its other answers being as they are.

    def turns(self, key: str, part: str, answer: Any, response: int) -> frozenset[str] | None:
        """Return what else the agency can say of a practice; None for anything.

        Of numbers: which conditions the number meets. Those who meet the same can exchange.
        """
        question, record = self.by_key[key], self.records.get(response)
        is_number = question.type in findings.NUMBERS
        if self.asks[key] and (record is None or key in record.changed):
            return frozenset({f"agency {response}"}) if is_number else frozenset()
        place = (key, part, str(answer))
        if place not in self._turns:
            self._turns[place] = self._found_turns(question, part, answer)
        return self._turns[place]

    def _found_turns(self, question: Question, part: str, answer: Any) -> frozenset[str] | None:
        key = question.key
        if question.type == Question.Type.MULTIPLE_CHOICE:
            return self._toggled(question, part, answer)
        if not self.asks[key] or question.type == Question.Type.MATRIX:
            return None  # conditions ask of a table only whether it is answered
        met = self.met(key, Entry(answer))
        if question.type in findings.NUMBERS:
            return frozenset(str(at) for at, is_met in enumerate(met) if is_met)
        return frozenset(o for o in self.options[key] if self.met(key, Entry(o)) == met)

    def _toggled(self, question: Question, part: str, answer: Any) -> frozenset[str]:
        key, alone = question.key, self.alone[question.key]
        other = [one for one in answer if one != part] + ([] if part in answer else [part])
        least = max(1, question.limits.get("min_selected", 0))
        is_valid = len(other) >= least and (len(other) == 1 or alone.isdisjoint(other))
        if not is_valid or self.met(key, Entry(other)) != self.met(key, Entry(answer)):
            return frozenset()
        return frozenset({findings.CHOSEN if part in other else findings.NOT_CHOSEN})

    def met(self, key: str, entry: Entry) -> tuple[bool, ...]:
        """Return which of the conditions on a question an answer meets."""
        return tuple(conditions.is_met({"all": [c]}, {key: entry}) for c in self.asks[key])

    # What readers of some levels know by name.

    def applying(self, record: Record) -> set[str]:
        if record.response not in self._applying:
            found = conditions.visible(self.questions, record.entries)
            self._applying[record.response] = found
        return self._applying[record.response]

    def is_told(self, key: str, record: Record, levels: Levels) -> bool:
        """Whether readers know what is answered, or that nothing is."""
        return not record.is_open and self.level(key, record) in levels

    def level(self, key: str, record: Record) -> str:
        entry = record.entries.get(key)
        return entry.sharing if entry else str(self.by_key[key].begins_at)

    def _are_told(self, keys: Iterable[str], record: Record, levels: Levels) -> bool:
        return all(self.is_told(key, record, levels) for key in keys)

    def _is_known_not_to_apply(self, key: str, record: Record, levels: Levels) -> bool:
        """Whether an answer that is read by name says that the question was not asked."""
        for clause in clauses_of(self.by_key[key]):
            asked = clause["question"]
            entry = record.entries.get(asked, Entry())
            if entry.is_blank:
                if self._is_known_not_to_apply(asked, record, levels):
                    return True
            elif self.is_told(asked, record, levels) and not conditions.is_met(
                {"all": [clause]}, record.entries
            ):
                return True
        return False

    def read(self, key: str, record: Record, levels: Levels) -> Hashable:
        """Return what is known by name of an answer; None if it is secret."""
        entry = record.entries.get(key)
        if entry is not None and self.is_told(key, record, levels):
            return f"{entry.value!r} {entry.not_reported}"
        if not record.is_open and self._is_known_not_to_apply(key, record, levels):
            return NOT_ASKED
        if entry is None and self._are_told({key, *self.before[key]}, record, levels):
            return "blank"
        return None

    def is_asked_known(self, key: str, record: Record, levels: Levels) -> bool:
        if self.read(key, record, levels) is not None:
            return True
        return self._are_told(self.before[key], record, levels)


def clauses_of(question: Question) -> list[Condition]:
    """Return the conditions under which a question is asked; all must hold."""
    found: list[Condition] = (question.show_if or {"all": []})["all"]
    return found


def is_beside_its_parents(
    question: Question,
    responses: set[int],
    counted: Mapping[Practice, set[int]],
    by_key: Mapping[str, Question],
) -> bool:
    """Whether what a follow-up tells of its parents is shown of them, over all who are counted.

    `counted` are the responses in the figures that are shown over the same group.
    """
    for clause in clauses_of(question):
        asked = by_key[clause["question"]]
        if not findings.is_counted(asked):
            if not is_beside_its_parents(asked, responses, counted, by_key):
                return False
            continue
        shown = [said for (key, _part), said in counted.items() if key == asked.key]
        told: set[int] = set().union(*shown)
        parts = _told_parts(clause, asked)
        if any(not responses <= counted.get((asked.key, part), set()) for part in parts):
            return False
        if not responses <= told:
            return False
    return True


def _told_parts(clause: Condition, asked: Question) -> list[str]:
    """Return the parts of a question that a condition tells of."""
    if asked.type == Question.Type.MATRIX or clause["operator"] == "answered":
        return []
    if asked.type != Question.Type.MULTIPLE_CHOICE:
        return [""]
    operand = clause["value"]
    return operand if isinstance(operand, list) else [operand]
