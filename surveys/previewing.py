"""A questionnaire as people will meet it, before anybody is asked: nothing of it is stored.

The agency, its people and the wave that the pages speak of exist in memory only.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agencies.models import Agency
from surveys import doubting, entries, examples, reaching, reading
from surveys.asking import Asked
from surveys.comparing import Column
from surveys.entries import Fields
from surveys.models import (
    READ_BY_ALL,
    READ_BY_MEMBERS,
    Answer,
    Question,
    Response,
    SectionWork,
    Survey,
    Wave,
)
from surveys.reading import Part, Sheet
from surveys.teamwork import Desk

OPEN_FOR = timedelta(days=30)  # the wave that is played


class Role(TextChoices):
    """Who meets a questionnaire."""

    COORDINATOR = "coordinator", gettext_lazy("the agency's coordinator")
    COLLEAGUE = "colleague", gettext_lazy("a colleague with a section")
    REVIEWER = "reviewer", gettext_lazy("who signs off")
    MEMBER = "member", gettext_lazy("another agency's staff")
    ORGANISER = "organiser", gettext_lazy("an organizer")
    VISITOR = "visitor", gettext_lazy("a visitor")


INSIDE = (Role.COORDINATOR, Role.COLLEAGUE, Role.REVIEWER)  # of the agency
# Each role's pages, the first first.
PAGES: dict[Role, tuple[str, ...]] = {
    Role.COORDINATOR: ("overview", "respond", "section", "review", "print"),
    Role.COLLEAGUE: ("respond", "overview", "section", "review", "print"),
    Role.REVIEWER: ("section", "overview", "respond", "review", "print"),
    Role.MEMBER: ("findings", "cell"),
    Role.ORGANISER: ("review", "print"),
    Role.VISITOR: ("findings", "cell"),
}
READ = ("review", "section", "findings", "cell", "print")  # pages that are empty without answers
LEVELS = {  # that a role reads of another agency
    Role.MEMBER: READ_BY_MEMBERS,
    Role.VISITOR: READ_BY_ALL,
}


@dataclass(frozen=True)
class Seat:
    """From where a version is looked at. In a preview's addresses it is the wave's slug."""

    key: str
    version: str
    role: Role

    def __str__(self) -> str:
        return f"{self.key}/{self.version}/preview/{self.role}"


@dataclass(frozen=True)
class Trial:
    """What somebody has entered, laid out as if an agency had answered it."""

    sheet: Sheet
    fields: Fields
    faults: Mapping[str, str]  # by the question's key
    is_example: bool

    @property
    def carried(self) -> str:
        """Everything entered, for a form to bring it along."""
        return json.dumps({n: given for n, given in self.fields.lists() if any(given)})


def questions(survey: Survey) -> list[Question]:
    """Return the questions that can ever be asked, in their order; two queries.

    While a draft is built, a condition may name a question that is gone: that is never asked.
    """
    found = list(
        survey.questions.select_related("section")
        .prefetch_related("choices")
        .order_by("section__position", "position", "pk")
    )
    for question in found:
        question.survey = question.section.survey = survey
    while gone := [q for q in found if not _is_whole(q, {one.key for one in found})]:
        found = [question for question in found if question not in gone]
    return found


def entered(post: QueryDict, asked: Iterable[Question]) -> Fields:
    """Return the answers that a form brings: of the questions on its page, and those carried."""
    here = {question.key for question in asked if f"seen.{question.key}" in post}
    found = {name: given for name, given in _carried(post).items() if _key(name) not in here}
    found |= {name: post.getlist(name) for name in post if _key(name) in here}
    cleared = post.get("clear", "")
    return Fields({n: given for n, given in found.items() if not cleared or _key(n) != cleared})


def says_something(fields: Fields) -> bool:
    """Whether anything has been answered; who may see answers alone says nothing."""
    return any(any(v) for name, v in fields.lists() if not name.startswith("sharing."))


def trial(seat: Seat, asked: list[Question], fields: Fields | None, now: datetime) -> Trial:
    """Lay out what was entered to these questions, one or more; None: examples."""
    response = _response(seat, asked[0].survey, now)
    today = now.astimezone(response.wave.zone).date()
    is_example = fields is None
    fields = examples.fields(asked, today) if fields is None else fields
    answers: dict[int, Answer] = {}
    faults: dict[str, str] = {}
    for question in asked:
        try:
            if answer := _answer(response, question, fields, today, now):
                answers[question.pk] = answer
        except entries.Invalid as fault:
            faults[question.key] = str(fault)
    return Trial(reading.laid_out(response, asked, answers), fields, faults, is_example)


def shown(trial: Trial, part: Part, *, is_checked: bool) -> list[Asked]:
    """Return a section's questions as they were entered; hidden where they do not apply."""
    given = {item.question.key: item.entry for item in trial.sheet.items if item.applies}
    return [
        Asked(
            replace(item, answer=None),  # nobody has saved it
            trial.fields,
            0,
            error=trial.faults.get(item.question.key, "") if is_checked and item.applies else "",
            is_hidden=not item.applies,
            doubt=doubting.doubts(item.question, item.entry, None, given),
        )
        for item in part.items
    ]


def doubts(trial: Trial) -> list[tuple[Any, str]]:
    """Return what is asked about unusual answers before they are handed in."""
    given = {item.question.key: item.entry for item in trial.sheet.items if item.is_answered}
    items = [item for item in trial.sheet.items if item.is_answered]
    found = ((i, doubting.doubts(i.question, i.entry, None, given)) for i in items)
    return [(item, text) for item, text in found if text]


def desk(part: Part, role: Role, user: User, now: datetime) -> Desk:
    """Return a section as the team's pages show it: the colleague's own, or ready to decide on."""
    work = None
    if role == Role.COLLEAGUE:
        work = SectionWork(section=part.section, owner=user)
    elif role == Role.REVIEWER:
        ready = SectionWork.Stage.READY
        work = SectionWork(
            section=part.section, stage=ready, staged_at=now, staged_by=people()["colleague"]
        )
    return Desk(part, work, 0)


def column(trial: Trial, role: Role) -> Column:
    """Return what a reader outside the agency may know of what was entered."""
    levels = LEVELS[role]
    answered = [item for item in trial.sheet.items if item.is_answered]
    return Column(
        response=trial.sheet.response,
        is_own=False,
        given={i.question.key: i.entry for i in answered if i.read_as in levels},
        reads=frozenset(levels),
        levels={item.question.pk: item.read_as for item in answered},
    )


def people() -> dict[str, User]:
    """Return those who play the agency's people, by what they do."""
    return {
        "coordinator": User(pk=-1, name=_("The coordinator"), email="coordinator@agency.example"),
        "colleague": User(pk=-2, name=_("A colleague"), email="colleague@agency.example"),
        "reviewer": User(pk=-3, name=_("The reviewer"), email="reviewer@agency.example"),
    }


def _response(seat: Seat, survey: Survey, now: datetime) -> Response:
    wave = Wave(
        survey=survey,
        title=survey.title,
        slug=str(seat),
        opens_at=now,
        closes_at=now + OPEN_FOR,
        fielded_at=now,
        is_demo=survey.is_demo,
    )
    agency = Agency(name=_("An example agency"), slug="example", level="city", state="NY")
    response = Response(wave=wave, agency=agency)
    if seat.role not in INSIDE:  # others read what has been handed in
        response.state = Response.State.SUBMITTED
        response.submitted_at, response.submitted_by = now, people()["coordinator"]
    return response


def _answer(
    response: Response, question: Question, fields: Fields, today: date, now: datetime
) -> Answer | None:
    entry = entries.clean(question, fields, today)
    if entry.is_blank:
        return None
    return Answer(
        response=response,
        question=question,
        value=entry.value,
        not_reported=entry.not_reported,
        sharing=entry.sharing,
        changed_at=now,
    )


def _carried(post: QueryDict) -> dict[str, list[str]]:
    """Return what a form brings of other pages; what nobody could have entered is left out."""
    try:
        given = json.loads(post.get("entered", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {
        name: [one for one in listed if isinstance(one, str)]
        for name, listed in given.items()
        if isinstance(listed, list) and _key(name)
    }


def _key(name: str) -> str:
    """Return which question's answer a field says, if it says any."""
    part, _, rest = name.partition(".")
    return rest.split(".")[0] if part in ("value", "reason", "sharing") else ""


def _is_whole(question: Question, known: set[str]) -> bool:
    return all(condition["question"] in known for condition in reaching.asked_by(question))
