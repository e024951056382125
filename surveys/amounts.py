"""Numbers that agencies let one reader read by name: side by side, and as rates.

A rate divides by what the survey asks for that purpose: a question that findings use as a
denominator (workers covered), or the full-time equivalents of investigators. Only money and
counts of work are divided. Both numbers must be readable by name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import User
from surveys import findings, strips, totals
from surveys.models import Answer, Question, Response
from surveys.strips import Point, Strip

MOST = 300  # agencies in one drawing and its table
DENOMINATOR, FTE = "denominator", "FTE"  # a question's `compare`; a unit
# What a larger office has more of. Nothing is divided that is no amount: days, languages, shares.
WORK = {"cases", "citations", "claims", "complaints", "inspections", "investigations", "workers"}
PER_WORKERS = 100_000
LONGEST = 19  # characters of a name in the drawing
MILLION, BILLION = 10**6, 10**9


@dataclass(frozen=True)
class Amount:
    """One agency's number."""

    response: Response
    value: float
    text: str
    is_own: bool
    of: str = ""  # what it was divided, and by what: "827 complaints, 364,000 workers"


@dataclass(frozen=True)
class Rate:
    """A number divided by another one of the same agency."""

    under: Question
    per: int

    @property
    def label(self) -> str:
        """What it is called: "per 100,000 workers"."""
        number = "" if self.per == 1 else f"{self.per:,} "
        return _("per %(what)s") % {"what": f"{number}{self.under.unit}".strip()}


@dataclass(frozen=True)
class Standing:
    """How the reader's own number stands among the others that are read by name."""

    text: str
    above: int  # others that have more
    others: int

    @property
    def words(self) -> str:
        """The whole of it as a sentence."""
        return _(
            "Your agency: %(text)s. Others named here that have more: %(above)d of %(others)d."
        ) % {"text": self.text, "above": self.above, "others": self.others}


@dataclass(frozen=True)
class Drawn:
    """Numbers as a drawing with the table that says the same."""

    strip: Strip | None
    amounts: list[Amount]  # the largest first
    standing: Standing | None
    is_published: bool  # whether the band is of the published totals, else of these agencies


def is_number(question: Question) -> bool:
    """Whether agencies answer with a number that can stand on an axis."""
    return question.type in findings.NUMBERS


def rates(question: Question, questions: Iterable[Question]) -> list[Rate]:
    """Return by what the question's numbers can be divided in this survey."""
    is_work = question.type == Question.Type.CURRENCY or question.unit in {*WORK, FTE}
    if not is_number(question) or not is_work:
        return []
    others = [one for one in questions if one.type == Question.Type.NUMBER]
    found = [
        *(Rate(one, PER_WORKERS) for one in others if one.compare == DENOMINATOR),
        *(Rate(one, 1) for one in others if one.unit == FTE),
    ]
    return [rate for rate in found if rate.under.unit != question.unit]


def given(
    responses: Sequence[Response],
    questions: Iterable[Question],
    user: User | AnonymousUser,
) -> dict[int, dict[int, float]]:
    """Return by question and response each number that the reader may read by name; one query."""
    asked = [question.pk for question in questions]
    found: dict[int, dict[int, float]] = defaultdict(dict)
    if not asked or not responses:
        return found
    answers = Answer.objects.visible_to(user).filter(
        response__in=[response.pk for response in responses],
        question__in=asked,
        applies=True,
        not_reported="",
        value__isnull=False,
    )
    for response, question, value in answers.values_list("response", "question", "value"):
        if value is not None:
            found[question][response] = float(value)
    return found


def years(
    responses: Sequence[Response], questions: Iterable[Question], user: User | AnonymousUser
) -> dict[int, int]:
    """Return for which year each agency reports, by response, where the survey asks it."""
    asked = [one for one in questions if one.type == Question.Type.YEAR and one.compare == "filter"]
    found = given(responses, asked[:1], user)
    return {response: int(year) for one in asked[:1] for response, year in found[one.pk].items()}


def amounts(
    question: Question,
    responses: Iterable[Response],
    known: Mapping[int, Mapping[int, float]],
    own: frozenset[int],
    rate: Rate | None = None,
) -> list[Amount]:
    """Return the agencies' numbers, the largest first; as a rate where both parts are known."""
    numbers = known.get(question.pk, {})
    under = known.get(rate.under.pk, {}) if rate else {}
    found = []
    for response in responses:
        value, by = numbers.get(response.pk), under.get(response.pk)
        if value is None or (rate and not by):
            continue
        text, of = totals.said(question, value), ""
        if rate and by:
            of = f"{text}, {totals.said(rate.under, by)}"
            value = findings.coarse(value * rate.per / by)
            text = _written(question, value)
        found.append(Amount(response, value, text, response.pk in own, of))
    return sorted(found, key=lambda one: (-one.value, str(one.response.agency)))


def drawn(
    question: Question,
    found: list[Amount],
    published: Mapping[str, float],
    *,
    rate: Rate | None = None,
    axis: str = "",
    with_own_band: bool = False,
) -> Drawn:
    """Draw numbers over the published middle half; over their own, if wished, where none is."""
    points = [_point(one) for one in found]
    told = {} if rate else published
    is_published = bool(told)
    if with_own_band and not told:
        told = strips.quartiles([point.value for point in points])
    top = 100.0 if question.type == Question.Type.PERCENTAGE else None
    strip = strips.draw(points, told, lambda n: _short(question, n, rate), axis=axis, top=top)
    return Drawn(strip, found, _standing(found, rate), is_published)


def _point(amount: Amount) -> Point:
    """Return what is drawn; a name that is cut keeps its state, which tells two apart."""
    agency = amount.response.agency
    name = agency.name
    if len(name) > LONGEST:
        name = f"{name[:LONGEST].rstrip()}…"
    short = f"{name}, {agency.state}"
    return Point(amount.value, str(agency), short, amount.text, amount.is_own)


def _written(question: Question, value: float) -> str:
    """Write a rate without what it is per."""
    sign = "$" if question.type == Question.Type.CURRENCY else ""
    return f"{sign}{int(value) if float(value).is_integer() else value:,}"


def _standing(found: list[Amount], rate: Rate | None) -> Standing | None:
    own = next((one for one in found if one.is_own), None)
    others = [one for one in found if not one.is_own]
    if own is None or not others:
        return None
    text = f"{own.text} {rate.label}" if rate else own.text
    return Standing(text, sum(one.value > own.value for one in others), len(others))


def _short(question: Question, value: float, rate: Rate | None) -> str:
    """Write a number of the axis without its unit: $1M, 10,000, 25%."""
    sign = "$" if question.type == Question.Type.CURRENCY else ""
    mark = "%" if question.type == Question.Type.PERCENTAGE and rate is None else ""
    for size, letter in ((BILLION, "B"), (MILLION, "M")):
        if abs(value) >= size:
            return f"{sign}{value / size:.3g}{letter}{mark}"
    return f"{sign}{value:,.10g}{mark}"
