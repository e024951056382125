"""A question as the page shows it: what stands in its fields, and what is wrong with it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.uploads import sizes_told
from surveys import doubting, entries, uploads
from surveys.carrying import Earlier
from surveys.entries import Fields
from surveys.filling import Form, Outcome
from surveys.models import Comment, Question, SharingLevel
from surveys.reading import Item, Part, Sheet

TEMPLATES = {
    Question.Type.MULTIPLE_CHOICE: "_multiple_choice",
    Question.Type.SCALE: "_scale",
    Question.Type.MATRIX: "_matrix",
    Question.Type.RANKING: "_ranking",
    Question.Type.LONG_TEXT: "_long_text",
    Question.Type.FILE: "_file",
    Question.Type.SINGLE_CHOICE: "_single",
    Question.Type.YES_NO_IN_PROGRESS: "_single",
}
ONE_FIELD = "_text"  # every other type
GROUPS = ("_single", "_multiple_choice", "_scale", "_matrix", "_ranking", "_file")
WHO_SEES = {
    SharingLevel.ORGANISERS: gettext_lazy(
        "Your agency and the organizers; it enters no comparison."
    ),
    SharingLevel.COUNTED: gettext_lazy("Part of totals and charts; no table names your agency."),
    SharingLevel.MEMBERS: gettext_lazy(
        "Signed-in staff of agencies in the community, with your name."
    ),
    SharingLevel.PUBLIC: gettext_lazy("Everybody, with your agency's name."),
}


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool
    id: str
    note: str = ""
    is_exclusive: bool = False


@dataclass(frozen=True)
class Row:
    """One row of a table of choices, or one thing to rank."""

    name: str
    label: str
    text: str
    options: list[Option]


@dataclass(frozen=True)
class Asked:
    """One question on the page."""

    item: Item
    fields: Fields
    seen: int
    error: str = ""
    is_conflict: bool = False  # a colleague's answer stands beside the reader's
    is_unsaved: bool = False  # typed, but not saved yet
    operation: UUID = field(default_factory=uuid4)
    thread: list[Comment] = field(default_factory=list)  # what colleagues said, the oldest first
    earlier: Earlier | None = None  # what the agency said the last time
    doubt: str = ""  # what to ask about the saved answer
    is_hidden: bool = False  # a preview without JavaScript leaves out what does not apply

    @property
    def waiting(self) -> int:
        """How many comments nobody has resolved."""
        return sum(comment.resolved_at is None for comment in self.thread)

    @property
    def comment(self) -> str:
        """What somebody typed to say to colleagues, when it could not be added."""
        return self.fields.get(f"comment.{self.key}") or ""

    @property
    def key(self) -> str:
        """What its fields are named by."""
        return self.item.question.key

    @property
    def id(self) -> str:
        """The beginning of the names of its elements."""
        return f"q-{self.key}"

    @property
    def name(self) -> str:
        """The name of its field."""
        return entries.name(self.item.question)

    @property
    def kind(self) -> str:
        """How its fields are drawn."""
        return TEMPLATES.get(Question.Type(self.item.question.type), ONE_FIELD)

    @property
    def template(self) -> str:
        """The partial that draws its fields."""
        return f"surveys/types/{self.kind}.html"

    @property
    def is_group(self) -> bool:
        """Whether it is drawn as several fields under one heading."""
        return self.kind in GROUPS

    @property
    def described_by(self) -> str:
        """The ids of what explains its field; an error may still come while somebody types."""
        ids = [f"{self.id}-error", f"{self.id}-doubt"]
        if self.item.question.help:
            ids.append(f"{self.id}-help")
        return " ".join(ids)

    @property
    def theirs(self) -> str:
        """The fields of what is saved, for the browser to put in place of the reader's."""
        fields = entries.fields_of(self.item.question, self.item.entry)
        return json.dumps(dict(fields.lists()))

    @property
    def carried(self) -> str:
        """The fields that say once more what was said the last time; empty where they cannot."""
        if self.earlier is None or self.earlier.fields is None:
            return ""
        return "" if self.earlier.says(self.item.entry) else json.dumps(self.earlier.fields_by_name)

    @property
    def saved_level(self) -> str:
        """Who may see what is saved."""
        level = self.item.entry.sharing or self.item.question.begins_at
        return str(SharingLevel(level).label)

    @property
    def text(self) -> str:
        """What stands in a text field."""
        return self.fields.get(self.name) or ""

    @property
    def is_filled(self) -> bool:
        """Whether there is something to clear."""
        return any(
            value and name.startswith("value.") and entries.belongs(self.item.question, name)
            for name, value in self.fields.items()
        )

    @property
    def unit(self) -> str:
        """What is counted, written behind the field."""
        units = {Question.Type.PERCENTAGE: _("percent"), Question.Type.CURRENCY: _("US dollars")}
        return units.get(Question.Type(self.item.question.type)) or self.item.question.unit

    @property
    def most_characters(self) -> int:
        """How long a text may be."""
        return entries.longest(self.item.question)

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
        """Who may see the answer, from the widest that the wave allows down."""
        question = self.item.question
        given = self.fields.get(f"sharing.{question.key}") or question.begins_at
        return [
            Option(
                level.value,
                str(level.label),
                level.value == given,
                f"{self.id}-s{number}",
                str(WHO_SEES[level]),
            )
            for number, level in enumerate(SharingLevel.within(question.widest_sharing))
        ]

    @property
    def level(self) -> str:
        """Who may see the answer as it is set now."""
        return next((one.label for one in self.levels if one.is_chosen), "")

    @property
    def definitions(self) -> list[dict[str, str]]:
        """The terms that the question uses, explained."""
        question = self.item.question
        return [one for one in question.survey.definitions if one["id"] in question.terms]

    @property
    def show_if(self) -> str:
        """When the question applies, for the browser; empty when always."""
        condition = self.item.question.show_if
        return json.dumps(condition) if condition else ""

    @property
    def files_note(self) -> str:
        """Which files the question takes."""
        question = self.item.question
        return _("Up to %(count)d files (%(kinds)s), each of at most %(size)d MB.") % {
            "count": uploads.max_files(question),
            "kinds": ", ".join(uploads.kinds(question)),
            "size": uploads.max_mb(question),
        }

    @property
    def sizes_told(self) -> dict[str, Any]:
        """What the browser says of files that are too large."""
        return sizes_told(uploads.max_mb(self.item.question))

    @property
    def accept(self) -> str:
        """The endings that a file chooser offers."""
        return ",".join(uploads.kinds(self.item.question))

    def _options(self, name: str, given: Iterable[str]) -> list[Option]:
        chosen = set(given)
        return [
            Option(
                one.value,
                one.label,
                one.value in chosen,
                f"{self.id}-{name.removeprefix('value.')}-{number}",
                is_exclusive=one.is_exclusive,
            )
            for number, one in enumerate(entries.options(self.item.question))
        ]


def shown(part: Part) -> list[Asked]:
    """Return a section's questions with what is saved in their fields."""
    return [_saved(item) for item in part.items]


def blank(part: Part) -> list[Asked]:
    """Return a section's questions with nothing in their fields, to print."""
    empty = entries.Entry()
    return [Asked(item, entries.fields_of(item.question, empty), 0) for item in part.items]


def printed(part: Part) -> list[Asked]:
    """Return a section's questions to print: of those that do not apply nobody reads an answer."""
    empty = entries.Entry()
    return [
        _saved(item) if item.applies else Asked(item, entries.fields_of(item.question, empty), 0)
        for item in part.items
    ]


def shown_again(part: Part, form: Form, outcome: Outcome) -> list[Asked]:
    """Return a section after a save: as typed where it was not saved, else as it is now."""
    clashes = outcome.undecided | {c.draft.question.key for c in outcome.conflicts}
    asked = []
    for item in part.items:
        key = item.question.key
        current = item.answer.revision if item.answer else 0
        if key in clashes:
            asked.append(Asked(item, form.fields, current, _decide(outcome, key), True))
        elif key in outcome.faults and item.question.type != Question.Type.FILE:
            seen = form.seen(item.question) or 0
            asked.append(Asked(item, form.fields, seen, outcome.faults[key]))
        else:
            asked.append(_saved(item, outcome.faults.get(key, "")))
    return asked


def shown_unsaved(part: Part, form: Form) -> list[Asked]:
    """Return a section as it was typed, when nothing of it could be saved."""
    return [_typed(item, form) for item in part.items]


def clashing(item: Item) -> Asked:
    """Return a question whose saved answer is a colleague's newer one."""
    asked = _saved(item)
    return replace(asked, is_conflict=True)


def discussed(
    asked: list[Asked],
    said: Mapping[int, list[Comment]],
    earlier: Mapping[int, Earlier],
    given: Mapping[str, entries.Entry],
) -> list[Asked]:
    """Return the questions with what colleagues and earlier answers say, by the question's key.

    `given` are the response's answers, by key: some look odd beside others.
    """
    found = []
    for one in asked:
        before = earlier.get(one.item.question.pk)
        doubt = doubting.doubts(one.item.question, one.item.entry, before, given)
        thread = said.get(one.item.question.pk, [])
        found.append(replace(one, thread=thread, earlier=before, doubt=doubt))
    return found


def elsewhere(sheet: Sheet, part: Part) -> str:
    """Return the answers of the other sections that conditions here ask about, for the browser."""
    wanted = {c["question"] for item in part.items for c in _conditions(item.question)}
    given: dict[str, Any] = {
        item.question.key: {"value": item.entry.value, "not_reported": item.entry.not_reported}
        for item in sheet.items
        if item.question.key in wanted
        and item.question.section_id != part.section.pk
        and item.is_answered
    }
    return json.dumps(given)


def _conditions(question: Question) -> list[dict[str, Any]]:
    return question.show_if["all"] if question.show_if else []


def _typed(item: Item, form: Form) -> Asked:
    seen, saved = form.seen(item.question), _saved(item)
    if seen is None:  # it was not on the page
        return saved
    names = [n for n in {*form.fields, *saved.fields} if entries.belongs(item.question, n)]
    is_unsaved = any(form.fields.getlist(n) != saved.fields.getlist(n) for n in names)
    return Asked(item, form.fields, seen, is_unsaved=is_unsaved)


def _saved(item: Item, error: str = "") -> Asked:
    fields = entries.fields_of(item.question, item.entry)
    return Asked(item, fields, item.answer.revision if item.answer else 0, error)


def _decide(outcome: Outcome, key: str) -> str:
    if key in outcome.undecided:
        return _("Choose which answer stays.")
    return _("Another answer was saved meanwhile. Choose which answer stays.")
