"""A question as the page shows it, and what came back from the page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from surveys import entries
from surveys.drafting import Conflict, Draft
from surveys.entries import Fields
from surveys.models import Question, SharingLevel
from surveys.reading import Item, Part

SINGLE = (*(Question.Type.SINGLE_CHOICE, Question.Type.YES_NO_IN_PROGRESS, Question.Type.SCALE),)


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool
    id: str


@dataclass(frozen=True)
class Row:
    """One row of a table of choices, or one thing to rank."""

    name: str
    label: str
    text: str
    options: list[Option]


@dataclass
class Asked:
    """One question on the page: what stands in its fields, and what is wrong with it."""

    item: Item
    fields: Fields
    error: str = ""
    conflict: Conflict | None = None
    operation: UUID = field(default_factory=uuid4)

    @property
    def id(self) -> str:
        """The beginning of the names of its elements."""
        return f"q-{self.item.question.key}"

    @property
    def name(self) -> str:
        """The name of its field."""
        return entries.name(self.item.question)

    @property
    def template(self) -> str:
        """The partial that draws its fields."""
        kind = self.item.question.type
        if kind in SINGLE:
            return "surveys/types/_single.html"
        own = {"multiple_choice", "matrix", "ranking", "long_text", "file"}
        return f"surveys/types/_{kind}.html" if kind in own else "surveys/types/_text.html"

    @property
    def seen(self) -> int:
        """The revision that the reader writes over; after a conflict the colleague's."""
        if self.conflict and self.conflict.theirs:
            return self.conflict.theirs.revision
        return self.item.answer.revision if self.item.answer else 0

    @property
    def text(self) -> str:
        """What stands in a text field."""
        return self.fields.get(self.name) or ""

    @property
    def options(self) -> list[Option]:
        """What can be chosen."""
        return self._options(self.name, self.fields.getlist(self.name))

    @property
    def rows(self) -> list[Row]:
        """The rows of a table, or the things to rank."""
        question = self.item.question
        is_table = question.type == Question.Type.MATRIX
        given = []
        for choice in entries.rows(question) if is_table else entries.options(question):
            name = entries.name(question, choice.value)
            text = self.fields.get(name) or ""
            given.append(Row(name, choice.label, text, self._options(name, [text])))
        return given

    @property
    def ranks(self) -> list[str]:
        """The numbers that can be given."""
        choices = entries.options(self.item.question)
        most = self.item.question.limits.get("max_ranked", len(choices))
        return [str(number) for number in range(1, most + 1)]

    @property
    def reasons(self) -> list[Option]:
        """Why there may be no number."""
        question = self.item.question
        if not question.allows_not_reported:
            return []
        given = self.fields.get(f"reason.{question.key}")
        return [
            Option(one["value"], one["label"], one["value"] == given, f"{self.id}-r{number}")
            for number, one in enumerate(question.survey.not_reported)
        ]

    @property
    def levels(self) -> list[Option]:
        """Who may see the answer."""
        question = self.item.question
        given = self.fields.get(f"sharing.{question.key}") or question.default_sharing
        return [
            Option(level.value, str(level.label), level.value == given, f"{self.id}-s{number}")
            for number, level in enumerate(SharingLevel)
        ]

    def _options(self, name: str, given: Iterable[str]) -> list[Option]:
        chosen = set(given)
        return [
            Option(one.value, one.label, one.value in chosen, f"{self.id}-{name}-{number}")
            for number, one in enumerate(entries.options(self.item.question))
        ]


def shown(part: Part) -> list[Asked]:
    """Return a section's questions with what is saved in their fields."""
    return [Asked(item, entries.fields_of(item.question, item.entry)) for item in part.items]


def taken(part: Part, fields: Fields, today: date) -> tuple[list[Asked], list[Draft]]:
    """Return a section as it was sent, with what is wrong in it, and what can be saved.

    A question that was not sent, or whose answer is a file, is left alone.
    """
    asked, drafts = [], []
    for item in part.items:
        question = item.question
        one = Asked(item, fields)
        asked.append(one)
        if question.type == Question.Type.FILE or f"seen.{question.key}" not in fields:
            one.fields = entries.fields_of(question, item.entry)
            continue
        try:
            drafts.append(draft(question, fields, today))
        except entries.Invalid as fault:
            one.error = str(fault)
    return asked, drafts


def draft(question: Question, fields: Fields, today: date) -> Draft:
    """Read one question's fields. Raises Invalid; a broken revision counts as none seen."""
    seen = fields.get(f"seen.{question.key}") or "0"
    try:
        operation = UUID(fields.get(f"operation.{question.key}") or "")
    except ValueError:
        operation = uuid4()
    entry = entries.clean(question, fields, today)
    return Draft(question, entry, int(seen) if seen.isdecimal() else 0, operation)
