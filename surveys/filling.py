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
from surveys import attaching, drafting, entries, uploads
from surveys.drafting import Conflict, Draft
from surveys.entries import Entry, Fields
from surveys.models import Question, Response
from surveys.reading import Item, Part
from surveys.uploads import Refused

LATEST = 10**6  # above every revision; what a form names beyond it is made up

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
        cleared = [f"value.{key}", f"reason.{key}"]
        fields = Fields(
            {
                name: self.fields.getlist(name)
                for name in self.fields
                if ".".join(name.split(".")[:2]) not in cleared
            }
        )
        return replace(self, fields=fields)

    def saying(self, key: str, fields: Fields) -> "Form":
        """Return the same with this answer to one question; who may see it stays."""
        form = self.without(key)
        for name in fields:
            form.fields.setlist(name, fields.getlist(name))
        return form


@dataclass
class Outcome:
    """What became of a section: what was not saved, and why."""

    faults: dict[str, str] = field(default_factory=dict)  # by the question's key
    conflicts: list[Conflict] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)  # asked which answer stays, and not told
    notes: list[str] = field(default_factory=list)  # what to know of files that were taken

    @property
    def is_saved(self) -> bool:
        """Whether everything was saved."""
        return not (self.faults or self.conflicts or self.undecided)


def draft(
    question: Question, form: Form, response: Response, now: datetime, *, kept: Entry
) -> Draft:
    """Return one answer as the form brings it; raises entries.Invalid.

    `kept` is what stands there: the value of files changes by attaching only.
    """
    today = now.astimezone(response.wave.zone).date()
    entry = entries.clean(question, form.fields, today)
    if question.type == Question.Type.FILE:
        entry = Entry(kept.value, "", entry.sharing)
    return Draft(question, entry, form.seen(question) or 0, form.operation(question))


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
            drafts.append(draft(item.question, form, response, now, kept=item.entry))
        except entries.Invalid as fault:
            outcome.faults[key] = str(fault)
    drafting.refuse_if_closed(response=response, now=now)
    outcome.conflicts = drafting.save_all(response=response, drafts=drafts, by=by, now=now)
    for item in part.items:
        try:
            outcome.notes += _change_files(response, item, form, by, now)
        except Refused as refusal:
            text = _("%(why)s Nothing was uploaded.")
            outcome.faults[item.question.key] = text % {"why": refusal}
    return outcome


def save_one(*, response: Response, question: Question, form: Form, by: User, now: datetime) -> int:
    """Save one answer as it is typed; returns the revision that then stands.

    Raises entries.Invalid and what drafting.save_answer raises.
    """
    kept = Entry()
    if question.type == Question.Type.FILE:
        kept = entries.of(response.answers.filter(question=question).first())
    new = draft(question, form, response, now, kept=kept)
    try:
        saved = drafting.save_answer(
            response=response,
            question=question,
            entry=new.entry,
            seen=new.seen,
            operation=new.operation,
            by=by,
            now=now,
        )
    except drafting.AnswerChanged as change:
        if change.answer and drafting.is_same(new, entries.of(change.answer)):
            return change.answer.revision
        raise
    return saved.revision


def _change_files(response: Response, item: Item, form: Form, by: User, now: datetime) -> list[str]:
    """Take out the files that the form names, add those that it brings, and return their notes."""
    question = item.question
    if question.type != Question.Type.FILE:
        return []
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
    given = form.files.getlist(f"file.{question.key}")
    taken = [uploads.clean(question, file) for file in given]  # before anything is locked
    if taken:
        attaching.attach(
            response=response,
            question=question,
            files=taken,
            operation=uuid5(operation, "attach"),
            by=by,
            now=now,
        )
    return [file.note for file in taken if file.note]


def _uids(given: Iterable[str]) -> list[UUID]:
    found = []
    for text in given:
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return found
