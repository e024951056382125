"""One section as people fill it in: read what a form brings, save it, show it again."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from accounts.models import User
from surveys import attaching, drafting, entries
from surveys.drafting import Conflict, Draft
from surveys.entries import Entry, Fields
from surveys.models import Question, Response
from surveys.reading import Item, Part
from surveys.uploads import Refused

LATEST = 10**6  # above every revision; what a form names beyond it is made up
_PARTS = ("value", "reason")  # of a question's form fields, what says the answer itself

Files = MultiValueDict[str, Any]  # uploaded files


@dataclass(frozen=True)
class Form:
    """What a browser sent for one section, or for one question of it."""

    fields: Fields
    files: Files

    def seen(self, question: Question) -> int | None:
        """Return over which revision this is written; None when the question was not sent."""
        given = self.fields.get(f"seen.{question.key}", "")
        known = given.isascii() and given.isdigit() and int(given[:9]) <= LATEST
        return int(given[:9]) if known else None

    def operation(self, question: Question) -> UUID:
        """Return which save this is, as the browser names it."""
        with contextlib.suppress(ValueError):
            return UUID(self.fields.get(f"operation.{question.key}", ""))
        return uuid4()

    def keeps(self, question: Question) -> str:
        """Return which of two answers stays: "mine", "theirs", or "undecided" when asked."""
        if f"conflict.{question.key}" not in self.fields:
            return "mine"
        given = self.fields.get(f"keep.{question.key}", "")
        return given if given in ("mine", "theirs") else "undecided"

    def without(self, key: str) -> "Form":
        """Return the same without this question's answer, as when it is cleared."""
        fields = Fields(
            {
                name: self.fields.getlist(name)
                for name in self.fields
                if name.split(".", 2)[:2] not in [[part, key] for part in _PARTS]
            }
        )
        return replace(self, fields=fields)


@dataclass
class Outcome:
    """What became of a section: what was not saved, and why."""

    faults: dict[str, str] = field(default_factory=dict)  # by the question's key
    conflicts: list[Conflict] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)  # asked which answer stays, and not told

    @property
    def is_saved(self) -> bool:
        """Whether everything was saved."""
        return not (self.faults or self.conflicts or self.undecided)


def draft(item: Item, form: Form, response: Response, now: datetime) -> Draft:
    """Return one answer as the form brings it. Raises entries.Invalid."""
    today = now.astimezone(response.wave.zone).date()
    entry = entries.clean(item.question, form.fields, today)
    if item.question.type == Question.Type.FILE:  # its value changes by attaching only
        entry = Entry(item.entry.value, "", entry.sharing)
    seen = form.seen(item.question) or 0
    return Draft(item.question, entry, seen, form.operation(item.question))


def save(*, response: Response, part: Part, form: Form, by: User, now: datetime) -> Outcome:
    """Save what the form brings for this section; what cannot stand is in the outcome.

    A question that the form does not hold is left as it is. Raises drafting.AlreadySubmitted or
    drafting.NotOpen.
    """
    outcome = Outcome()
    drafts: list[Draft] = []
    for item in part.items:
        key, keeps = item.question.key, form.keeps(item.question)
        if form.seen(item.question) is None or keeps == "theirs":
            continue
        if keeps == "undecided":
            outcome.undecided.add(key)
            continue
        try:
            drafts.append(draft(item, form, response, now))
        except entries.Invalid as fault:
            outcome.faults[key] = str(fault)
    drafting.refuse_if_closed(response=response, now=now)
    outcome.conflicts = drafting.save_all(response=response, drafts=drafts, by=by, now=now)
    for item in part.items:
        if refused := _change_files(response, item, form, by, now):
            outcome.faults[item.question.key] = refused
    return outcome


def save_one(*, response: Response, draft: Draft, by: User, now: datetime) -> int:
    """Save one answer as it is typed; returns the revision that then stands.

    Raises what drafting.save_answer raises.
    """
    conflicts = drafting.save_all(response=response, drafts=[draft], by=by, now=now)
    if conflicts:
        raise drafting.AnswerChanged(conflicts[0].theirs)
    current = response.answers.filter(question=draft.question).first()
    # A colleague's newer answer has not been seen: the next save must meet it.
    is_known = current is not None and drafting.is_same(draft, entries.of(current))
    return current.revision if current and is_known else draft.seen


def _change_files(response: Response, item: Item, form: Form, by: User, now: datetime) -> str:
    """Take out the files that the form names, then add those that it brings."""
    question = item.question
    if question.type != Question.Type.FILE:
        return ""
    operation = form.operation(question)
    for uid in _uids(form.fields.getlist(f"remove.{question.key}")):
        attaching.remove(
            response=response,
            question=question,
            uid=uid,
            operation=uuid5(operation, f"remove {uid}"),
            by=by,
            now=now,
        )
    if files := form.files.getlist(f"file.{question.key}"):
        try:
            attaching.attach(
                response=response,
                question=question,
                files=files,
                operation=uuid5(operation, "attach"),
                by=by,
                now=now,
            )
        except Refused as refusal:
            return _("%(why)s Nothing was uploaded.") % {"why": refusal}
    return ""


def _uids(given: Iterable[str]) -> list[UUID]:
    found = []
    for text in given:
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return found
