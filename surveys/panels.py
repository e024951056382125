"""Agencies that one reader knows by name in two waves: what each said then and says now."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from agencies import names
from agencies.models import Agency
from surveys import comparing, findings
from surveys.comparing import Cell, Column, Line
from surveys.models import Answer, Question, Response, Wave
from surveys.trends import Sources, Told, parts

MOST = 500  # agencies in a figure of named answers
NOT_FOUNDED, NOTHING = "not_founded", "nothing"

Values = dict[tuple[str, str], dict[int, Any]]  # by question's key and part: agency, what it says


@dataclass(frozen=True)
class Pair:
    """What one agency said of a practice then, and says now."""

    then: Cell
    now: Cell

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.then.says and (self.then.kind, self.then.text) == (self.now.kind, self.now.text)


def agencies(then: Wave, now: Wave, user: User | AnonymousUser) -> QuerySet[Agency]:
    """Return the agencies of which the reader may read an answer in one of the waves.

    The own ones come first, the others by state and name.
    """
    shown = [wave.responses.named_to(user).values("agency") for wave in (then, now)]
    own = Agency.objects.with_active_member(user).values("pk")
    place = Case(When(pk__in=own, then=Value(0)), default=Value(1))
    named = Agency.objects.filter(Q(pk__in=shown[0]) | Q(pk__in=shown[1]))
    return named.order_by(place, "state", names.plain("name"), "pk")


def named(
    then: Wave, now: Wave, questions: Iterable[Question], user: User | AnonymousUser
) -> tuple[Sources, int]:
    """Return figures over the agencies read by name in both waves, and how many those are.

    Each practice counts the agencies that said something of it both times.
    """
    asked = list(questions)
    both = now.responses.named_to(user).filter(
        agency__in=then.responses.named_to(user).values("agency")
    )
    chosen = list(both.order_by("agency").values_list("agency", flat=True)[:MOST])
    sides = [_values(wave, asked, chosen, user) for wave in (then, now)]
    return Sources(*(_told(mine, sides, asked) for mine in sides)), len(chosen)


@dataclass(frozen=True)
class Side:
    """What agencies answered in one wave, as far as the reader may know."""

    wave: Wave
    columns: Mapping[int, Column]  # by agency
    by_key: Mapping[str, Question]

    def cell(self, line: Line, agency: Agency) -> Cell:
        """Return what an agency says of a practice; an absence of who did not exist yet says so."""
        year = self.wave.opens_at.astimezone(self.wave.zone).year
        if agency.founded_in and agency.founded_in > year:
            return Cell(NOT_FOUNDED, _("Not yet founded"))
        column, question = self.columns.get(agency.pk), self.by_key.get(line.question.key)
        if column is None or question is None:
            return Cell(NOTHING, _("Nothing to read"))
        return comparing.cell(Line(question, line.number, line.part), column, self.by_key)


def side(
    wave: Wave, questions: list[Question], shown: list[Agency], user: User | AnonymousUser
) -> Side:
    """Return these agencies' answers in one wave; four queries."""
    responses = wave.responses.named_to(user).filter(agency__in=shown).select_related("agency")
    columns = comparing.columns(responses, questions, user)
    by_agency = {column.response.agency_id: column for column in columns}
    return Side(wave, by_agency, {question.key: question for question in questions})


def table(
    practices: Iterable[Line], shown: list[Agency], then: Side, now: Side
) -> list[tuple[Line, list[Pair]]]:
    """Return what each agency said then and says now of each practice."""
    return [
        (line, [Pair(then.cell(line, agency), now.cell(line, agency)) for agency in shown])
        for line in practices
    ]


def _values(
    wave: Wave, asked: list[Question], chosen: list[int], user: User | AnonymousUser
) -> Values:
    by_key = {question.key: question for question in asked if findings.is_counted(question)}
    answers = Answer.objects.visible_to(user).filter(
        response__in=Response.objects.submitted().filter(wave=wave, agency__in=chosen),
        question__key__in=by_key,
        applies=True,
        value__isnull=False,
    )
    found: Values = {}
    for agency, key, value in answers.values_list("response__agency", "question__key", "value"):
        for part in parts(by_key[key]):
            said = findings.value_of(by_key[key], part, value)
            if said is not None:
                found.setdefault((key, part), {})[agency] = said
    return found


def _told(
    mine: Values, sides: list[Values], asked: list[Question]
) -> Callable[[str, str], Told | None]:
    types = {question.key: question.type for question in asked}

    def told(key: str, part: str) -> Told | None:
        both = sides[0].get((key, part), {}).keys() & sides[1].get((key, part), {}).keys()
        given = [mine[key, part][agency] for agency in both]
        if not given:
            return None
        if types[key] in findings.NUMBERS:
            return findings.spread_of([float(one) for one in given]), len(given)
        counts = Counter(str(one) for one in given)
        return {"shares": {v: 100 * n / len(given) for v, n in counts.items()}}, len(given)

    return told
