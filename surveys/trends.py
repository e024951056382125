"""Trends from wave to wave as a page shows them: figures, and what may be said of a change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import comparing, disclosure, entries, findings, matching, noise, totals
from surveys.comparing import NO_POWER
from surveys.models import Figure, Question, Release, Wave, Withdrawal
from surveys.noise import Amount

CHANGED, ADDED = "changed", "added"  # why a trend breaks
BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
UNCHANGED, SAME, UNSAID = "unchanged", "same", ""
FEW_BOTH, FEW_ALONE = "few_both", "few_alone"  # why figures of the same agencies are hidden
SAID = {
    (BETTER, True): gettext_lazy("Better: higher"),
    (BETTER, False): gettext_lazy("Better: lower"),
    (WORSE, True): gettext_lazy("Worse: higher"),
    (WORSE, False): gettext_lazy("Worse: lower"),
    (HIGHER, True): gettext_lazy("Higher"),
    (LOWER, False): gettext_lazy("Lower"),
}
AXIS = 1.25  # of the largest figure: how far an axis goes

Tally = Mapping[str, Any]  # as Figure.shown: shares, or the median and its spread
Told = tuple[Tally, int]  # with the number of agencies behind it


@dataclass(frozen=True)
class Point:
    """One wave's figure, in words and as a number."""

    text: str
    number: int  # of agencies behind it
    amount: Amount
    spread: str = ""  # the quartiles, in words


@dataclass(frozen=True)
class Line:
    """One figure then and now; None: hidden, or not there."""

    label: str
    then: Point | None
    now: Point | None
    better: str = ""  # which way is better, if one is
    top: float = 100  # where the axis ends
    lacks_power: bool = False
    is_broken: bool = False
    is_main: bool = True  # drawn; the table has all lines

    @property
    def change(self) -> str:
        """What may be said of it: nothing across a break or of a hidden figure."""
        if self.is_broken or not (self.then and self.now):
            return UNSAID
        if self.now.amount.value == self.then.amount.value:
            return SAME
        if self.exceeds_noise is False:
            return UNCHANGED
        way = HIGHER if self.is_higher else LOWER
        return (BETTER if way == self.better else WORSE) if self.better else way

    @property
    def said(self) -> str:
        """The change in words."""
        if self.change == SAME:
            return _("The same")
        if self.change == UNCHANGED:
            return _("About unchanged, within the noise")
        return str(SAID[self.change, self.is_higher]) if self.change else ""

    @property
    def is_higher(self) -> bool:
        """Whether the figure rose."""
        return bool(self.then and self.now) and self.now.amount.value > self.then.amount.value  # type: ignore[union-attr] # both are there

    @property
    def exceeds_noise(self) -> bool | None:
        """Whether the change is more than noise; None where it cannot be told."""
        return noise.exceeds(self.then.amount, self.now.amount) if self.then and self.now else None

    @property
    def is_uncertain(self) -> bool:
        """Whether a direction is named although too little is published to know the noise."""
        return self.change not in (UNSAID, SAME) and self.exceeds_noise is None

    @property
    def places(self) -> tuple[float | None, float | None]:
        """Where the two stand on the axis, in percent of its length."""
        return self._place(self.then), self._place(self.now)

    def _place(self, point: Point | None) -> float | None:
        return round(100 * point.amount.value / self.top, 1) if point and self.top else None


@dataclass(frozen=True)
class Group:
    """The lines of one practice over one group of agencies."""

    lines: list[Line]

    @property
    def drawn(self) -> list[Line]:
        """The lines that a drawing shows: the main ones, without answers that nobody gives."""
        return [line for line in self.lines if line.is_main and any(line.places)]

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of it can be shown."""
        return all(line.then is None and line.now is None for line in self.lines)


@dataclass(frozen=True)
class Trend:
    """One practice: over all agencies, the same ones in both waves, and those read by name."""

    question: Question
    label: str
    place: str
    broken: str  # why the waves cannot be compared; "" if they can
    everybody: Group
    panel: Group
    named: Group
    withdrawals: tuple[Withdrawal, ...] = ()  # of figures that stood here


@dataclass(frozen=True)
class Sources:
    """Where the figures of two waves come from; each finds what is told of question and part."""

    then: Callable[[str, str], Told | None]
    now: Callable[[str, str], Told | None]


def of(
    questions: Iterable[Question],
    broken: Mapping[str, str],
    sources: Mapping[str, Sources],
    withdrawn: Mapping[tuple[str, str], tuple[Withdrawal, ...]],
) -> list[Trend]:
    """Return the trends of these questions, as the newer wave asks them.

    `broken` says by key why a trend breaks; `sources` are "everybody", "panel" and "named".
    `withdrawn` are withdrawals by question's key and part.
    """
    found = []
    for question in questions:
        if not findings.is_counted(question):
            continue
        why = broken.get(question.key, "")
        for label, part in _practices(question):
            groups = {
                name: Group(
                    [replace(x, is_broken=bool(why)) for x in _lines(question, part, source)]
                )
                for name, source in sources.items()
            }
            place = f"{question.section.position}.{question.position}"
            keys = [(question.key, one) for one in ([part] if part else parts(question))]
            taken = tuple(dict.fromkeys(one for key in keys for one in withdrawn.get(key, ())))
            found.append(Trend(question, label, place, why, **groups, withdrawals=taken))
    return found


def published(release: Release | None, group: str) -> Callable[[str, str], Told | None]:
    """Return what a release tells of one group of agencies; one query."""
    figures = Figure.objects.filter(release=release, group=group, number__isnull=False)
    told = {
        (figure.question.key, figure.part): (figure.shown or {}, figure.number or 0)
        for figure in figures.select_related("question")
    }
    return lambda key, part: told.get((key, part))


def withdrawals(*releases: Release | None) -> dict[tuple[str, str], tuple[Withdrawal, ...]]:
    """Return by question's key and part what was withdrawn of these releases; one query."""
    found: dict[tuple[str, str], tuple[Withdrawal, ...]] = {}
    is_followed = Q(group="") | Q(group__startswith="panel")
    figures = Figure.objects.filter(is_followed, release__in=filter(None, releases)).select_related(
        "question"
    )
    for figure in figures.exclude(withdrawal=None).select_related("withdrawal").order_by("pk"):
        key = figure.question.key, figure.part
        if figure.withdrawal:
            found[key] = (*found.get(key, ()), figure.withdrawal)
    return found


def why_hidden(then: int | None, now: int | None, both: int | None) -> str:
    """Return why figures of the same agencies are hidden, as far as published numbers tell it.

    The arguments are how many agencies handed in, as published; None where nothing is. Why
    one question's figure is hidden is not said: that all agree, or that one left, would
    tell what they said.
    """
    if then is None or now is None or both is None:
        return ""
    if both < disclosure.SMALLEST:
        return FEW_BOTH
    alone = (then - both, now - both)
    return FEW_ALONE if any(0 < number < disclosure.SMALLEST for number in alone) else ""


def breaks(now: Wave, then: Wave) -> dict[str, str]:
    """Return by question's key why its trend breaks between the two waves."""
    if now.survey_id == then.survey_id:
        return {}
    asked, was = (set(wave.survey.questions.values_list("key", flat=True)) for wave in (now, then))
    broken = asked - matching.comparable(asked, now.survey, then.survey)
    return {key: CHANGED if key in was else ADDED for key in broken}


def _practices(question: Question) -> list[tuple[str, str]]:
    """Return label and part; a table of choices has one for each row."""
    if question.type == Question.Type.MATRIX:
        return [(f"{question.label} {row.label}", row.value) for row in entries.rows(question)]
    return [(question.label, "")]


def _lines(question: Question, part: str, source: Sources) -> list[Line]:
    options = entries.options(question)
    if question.type == Question.Type.MULTIPLE_CHOICE:
        found = []
        for option in options:
            told = source.then(question.key, option.value), source.now(question.key, option.value)
            found.append(_share_line(option.label, findings.CHOSEN, *told))
        return found
    then, now = source.then(question.key, part), source.now(question.key, part)
    if question.type in findings.NUMBERS:
        return [_number_line(question, then, now)]
    means = [_mean_line(question, then, now)] if question.type == Question.Type.SCALE else []
    return means + [_share_line(one.label, one.value, then, now, question) for one in options]


def _share_line(
    label: str, value: str, then: Told | None, now: Told | None, question: Question | None = None
) -> Line:
    return Line(
        label,
        _share(value, then),
        _share(value, now),
        better=question.better if question and value == "yes" else "",
        lacks_power=value == NO_POWER,
        is_main=question is None or _is_main(question, value),
    )


def _is_main(question: Question, value: str) -> bool:
    """Whether a drawing needs the line: of a scale the average is enough, of yes and no the yes."""
    if question.type == Question.Type.YES_NO_IN_PROGRESS:
        return value == "yes"
    return question.type != Question.Type.SCALE


def _share(value: str, told: Told | None) -> Point | None:
    if told is None:
        return None
    tally, number = told
    percent = tally["shares"].get(value, 0)
    amount = noise.share(noise.counts(tally["shares"], number).get(value, 0), number)
    return Point(f"{percent:.0f}%", number, replace(amount, value=percent))


def _mean_line(question: Question, then: Told | None, now: Told | None) -> Line:
    steps = [int(c.value) for c in entries.options(question) if c.value.isdigit()]
    ends = {"low": min(steps, default=0), "high": max(steps, default=0)}
    label = _("On average, from %(low)s to %(high)s") % ends
    return Line(label, _mean(then), _mean(now), better=question.better, top=ends["high"])


def _mean(told: Told | None) -> Point | None:
    if told is None:
        return None
    tally, number = told
    amount = noise.mean(noise.counts(tally["shares"], number))
    return Point(f"{amount.value:.1f}", number, amount) if amount else None


def _number_line(question: Question, then: Told | None, now: Told | None) -> Line:
    ends = [max(told[0].get("high", 0), told[0]["median"]) for told in (then, now) if told]
    is_percentage = question.type == Question.Type.PERCENTAGE
    top = 100 if is_percentage else AXIS * max(ends, default=0)
    sides = _middle(question, then), _middle(question, now)
    label = _("In the middle, %(unit)s") if question.unit else _("In the middle")
    return Line(label % {"unit": question.unit}, *sides, better=question.better, top=top)


def _number(question: Question, value: float) -> str:
    """Write a number without its unit, which the label has; money and percentages keep theirs."""
    said = totals.said(question, value)
    return said.removesuffix(question.unit).strip() if question.unit else said


def _middle(question: Question, told: Told | None) -> Point | None:
    if told is None:
        return None
    tally, number = told
    text = {name: _number(question, value) for name, value in tally.items()}
    spread = _("half are between %(low)s and %(high)s") % text if "low" in tally else ""
    return Point(text["median"], number, noise.median(tally, number), spread)


def parts(question: Question) -> list[str]:
    """Return the parts of which figures are made; one without a name where there are none."""
    return [choice.value for choice in comparing.parts_of(question)] or [""]
