"""Who works where in a response and how far each section is, as the agency's overview shows it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from django.utils.translation import gettext as _

from accounts.models import User
from surveys.models import Answer, Comment, SectionWork
from surveys.reading import Item, Part, Sheet

SHOWN = 50  # comments
MOMENT = timedelta(minutes=5)  # who saved something so lately is at work


@dataclass(frozen=True)
class Desk:
    """One section with who has it and what goes on there."""

    part: Part
    work: SectionWork | None
    waiting: int  # questions with comments that nobody has resolved
    at_work: list[Answer] = field(default_factory=list)  # by colleagues, saved a moment ago

    @cached_property
    def stage(self) -> str:
        """How far it is: "empty", or a stage of the work."""
        if self.work and self.work.stage != SectionWork.Stage.OPEN and not self.is_taken_back:
            return self.work.stage
        return SectionWork.Stage.OPEN if self.part.answered else "empty"

    @cached_property
    def is_taken_back(self) -> bool:
        """Whether it was signed off, and an answer has changed since."""
        return self.work is not None and has_lapsed(self.work, answers_of(self.part))

    @property
    def stage_says(self) -> str:
        """How far it is, in words."""
        if self.stage == "empty":
            return _("Not started")
        return str(SectionWork.Stage(self.stage).label)

    @property
    def is_finished(self) -> bool:
        """Whether its owner has done what there was to do."""
        return self.stage in (SectionWork.Stage.READY, SectionWork.Stage.SIGNED_OFF)

    @property
    def newest(self) -> Answer | None:
        """The answer that was saved last."""
        answers = [item.answer for item in self.part.items if item.answer]
        return max(answers, key=lambda answer: answer.changed_at, default=None)


@dataclass(frozen=True)
class Talk:
    """What was said last about a question, where something waits."""

    item: Item
    last: Comment


def edition(answers: Iterable[Answer]) -> str:
    """Return a short text that stands for what these answers say, whoever may see them."""
    said = {a.question_id: [a.value, a.not_reported] for a in answers}
    stated = sorted((key, one) for key, one in said.items() if one not in ([None, ""], [[], ""]))
    return sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


def answers_of(part: Part) -> list[Answer]:
    """Return the answers of a section, those that are hidden as well."""
    return [item.answer for item in part.items if item.answer]


def has_lapsed(work: SectionWork, answers: Iterable[Answer]) -> bool:
    """Whether a sign-off is for something else than the section's answers say now."""
    return work.stage == SectionWork.Stage.SIGNED_OFF and edition(answers) != work.agreed


def desks(sheet: Sheet, at_work: Mapping[int, list[Answer]] | None = None) -> list[Desk]:
    """Return the sections with who has them, and who works there; two queries."""
    works = {
        work.section_id: work
        for work in sheet.response.works.select_related("owner", "staged_by", "given_by")
    }
    waiting = set(sheet.response.comments.unresolved().values_list("question", flat=True))
    count = Counter(item.question.section_id for item in sheet.items if item.question.pk in waiting)
    keys = [part.section.pk for part in sheet.parts]
    return [
        Desk(part, works.get(key), count[key], (at_work or {}).get(key, []))
        for key, part in zip(keys, sheet.parts, strict=True)
    ]


def at_work(sheet: Sheet, reader: User, now: datetime) -> dict[int, list[Answer]]:
    """Return where colleagues saved something a moment ago: by section, one answer of each."""
    found: dict[int, list[Answer]] = {}
    for part in sheet.parts:
        newest = {}
        for answer in sorted(answers_of(part), key=lambda one: one.changed_at):
            if answer.changed_by_id not in (None, reader.pk) and answer.changed_at > now - MOMENT:
                newest[answer.changed_by_id] = answer
        found[part.section.pk] = [*newest.values()][::-1]
    return found


def talks(sheet: Sheet) -> list[Talk]:
    """Return the questions with something unresolved, the newest first; one query."""
    items = {item.question.pk: item for item in sheet.items}
    last: dict[int, Comment] = {}
    waiting = sheet.response.comments.unresolved().select_related("said_by")
    for comment in waiting.order_by("said_at", "pk"):
        last[comment.question_id] = comment
    newest = sorted(last.values(), key=lambda comment: comment.said_at, reverse=True)[:SHOWN]
    return [Talk(items[comment.question_id], comment) for comment in newest]


def threads(part: Part, sheet: Sheet) -> dict[int, list[Comment]]:
    """Return what was said about each question of a section, by its key; one query."""
    said = sheet.response.comments.filter(question__section=part.section)
    found: dict[int, list[Comment]] = {}
    for comment in said.select_related("said_by", "resolved_by").order_by("said_at", "pk"):
        found.setdefault(comment.question_id, []).append(comment)
    return found
