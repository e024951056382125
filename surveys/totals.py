"""Published totals as a page shows them: bars, medians, or that a figure is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from surveys import comparing, entries, findings, wording
from surveys.comparing import NO_POWER, Column
from surveys.entries import Entry
from surveys.models import Answer, Figure, Question, Release, SharingLevel, Wave, Withdrawal

SIZES = {
    "small": gettext_lazy("Fewer than 250,000 people"),
    "middle": gettext_lazy("250,000 to 1 million people"),
    "large": gettext_lazy("More than 1 million people"),
}


GROUPS = {  # as a sentence names them
    "": gettext_lazy("all agencies"),
    "level:city": gettext_lazy("city agencies"),
    "level:county": gettext_lazy("county agencies"),
    "level:state": gettext_lazy("state agencies"),
    "size:small": gettext_lazy("agencies for fewer than 250,000 people"),
    "size:middle": gettext_lazy("agencies for 250,000 to 1 million people"),
    "size:large": gettext_lazy("agencies for more than 1 million people"),
    "panel": gettext_lazy("agencies that answered both surveys, what they say now"),
    "panel-before": gettext_lazy("agencies that answered both surveys, what they said before"),
}


@dataclass(frozen=True)
class Bar:
    """One choice with the share of the agencies that said it."""

    label: str
    share: int | None  # percent, rounded; None: hidden
    number: int | None
    is_mine: bool = False
    lacks_power: bool = False  # no gap: the law gives these agencies no such power
    withdrawal: Withdrawal | None = None  # why it is hidden, if it was withdrawn

    @property
    def is_hidden(self) -> bool:
        """Whether its share is not shown."""
        return self.share is None


@dataclass(frozen=True)
class Middle:
    """A number in the middle of the agencies; the quartiles where there are enough of them."""

    number: int
    median: str
    low: str = ""
    high: str = ""
    told: Mapping[str, float] = field(default_factory=dict)  # the same as numbers


@dataclass(frozen=True)
class Total:
    """One practice over all agencies of the chosen group."""

    question: Question
    label: str
    place: str  # as printed: "4.2"
    bars: list[Bar]
    middle: Middle | None = None
    asked: int | None = None  # how many agencies of the group had handed in
    withdrawals: tuple[Withdrawal, ...] = ()  # of the figure, or of some of its parts

    @property
    def number(self) -> int | None:
        """How many agencies stand behind it; None where parts differ, or it is hidden."""
        if self.middle:
            return self.middle.number
        numbers = {bar.number for bar in self.bars if bar.number}
        return numbers.pop() if len(numbers) == 1 else None

    @property
    def is_hidden(self) -> bool:
        """Whether nothing can be shown of it."""
        return self.middle is None and all(bar.share is None for bar in self.bars)


def newest(wave: Wave) -> Release | None:
    """Return the last release; None if there is none, or it was withdrawn as a whole.

    No earlier one is shown in the stead of one that was withdrawn: most of it would be the same.
    """
    last = wave.releases.order_by("-number").values("pk")[:1]
    return Release.objects.standing().filter(pk=Subquery(last)).first()


def withdrawal(wave: Wave) -> Withdrawal | None:
    """Return the withdrawal of the wave's last release as a whole, or None if that stands."""
    return withdrawals(wave).first()


def withdrawals(*waves: Wave) -> QuerySet[Withdrawal]:
    """Return the withdrawals of those last releases of the waves that do not stand."""
    newer = Release.objects.filter(
        wave=OuterRef("release__wave"), number__gt=OuterRef("release__number")
    )
    whole = Withdrawal.objects.filter(scope=Withdrawal.Scope.RELEASE, release__wave__in=waves)
    return whole.exclude(Exists(newer)).select_related("release").order_by("release")


def is_withdrawn_from(release: Release) -> bool:
    """Whether an agency has since taken an answer out of what the release counts; not which."""
    # One that is narrowed by the answer that it rests on was not changed itself.
    alone = Q(sharing=SharingLevel.ORGANISERS)
    along = Q(readable_as=SharingLevel.ORGANISERS) & ~alone
    # A figure that was kept from an earlier release counts what was said then.
    first = release.figures.aggregate(first=Min("as_of__published_at"))["first"]
    since = min(first or release.published_at, release.published_at)
    taken = Answer.objects.filter(
        along | alone & Q(changed_at__gt=since), response__wave=release.wave_id
    )
    out = set(taken.values_list("response", "question"))
    if not out:
        return False
    # Asked apart: joined with the answers, the database may read all that is counted for each.
    counted = Figure.counted.through.objects.filter(
        figure__release=release, answerrevision__response__in={response for response, _ in out}
    )
    pairs = counted.values_list("answerrevision__response", "answerrevision__question")
    return not out.isdisjoint(pairs.distinct())


def groups() -> list[tuple[str, Any]]:
    """Return the groups over which totals are published, one at a time."""
    return [
        ("", _("All agencies")),
        *((f"level:{value}", label) for value, label in Agency.Level.choices),
        *((f"size:{value}", label) for value, label in SIZES.items()),
    ]


def of(
    release: Release, questions: Iterable[Question], group: str, own: Column | None
) -> list[Total]:
    """Return the totals of these questions in one query; the reader's own answers are marked."""
    questions = [question for question in questions if findings.is_counted(question)]
    figures = {
        (figure.question_id, figure.part): figure
        for figure in Figure.objects.filter(
            release=release, group=group, question__in=questions
        ).select_related("withdrawal")
    }
    found: list[Total] = []
    for question in questions:
        given = own.given.get(question.key) if own else None
        found += _totals(question, figures, given)
    asked = release.handed_in.get(group)
    return [replace(total, asked=asked) for total in found]


def _totals(
    question: Question, figures: Mapping[tuple[int, str], Figure], given: Entry | None
) -> list[Total]:
    place = f"{question.section.position}.{question.position}"
    if question.type == Question.Type.MULTIPLE_CHOICE:
        choices = [figures.get((question.pk, one.value)) for one in entries.options(question)]
        bars = _of_choices(question, figures, given)
        return [Total(question, question.label, place, bars, withdrawals=_why(choices))]
    if question.type == Question.Type.MATRIX:
        rows = comparing.parts_of(question)
        said = given.value if given and given.value else {}
        return [
            Total(
                question,
                f"{question.label} {row.label}",
                place,
                _bars(question, figures.get((question.pk, row.value)), said.get(row.value)),
                withdrawals=_why([figures.get((question.pk, row.value))]),
            )
            for row in rows
        ]
    figure = figures.get((question.pk, ""))
    why = _why([figure])
    if question.type in findings.NUMBERS:
        middle = _middle(question, figure)
        return [Total(question, question.label, place, [], middle, withdrawals=why)]
    mine = given.value if given else None
    return [Total(question, question.label, place, _bars(question, figure, mine), withdrawals=why)]


def _why(figures: Iterable[Figure | None]) -> tuple[Withdrawal, ...]:
    """Return the withdrawals of these figures, each once."""
    found = [figure.withdrawal for figure in figures if figure and figure.withdrawal]
    return tuple(dict.fromkeys(found))


def part_label(question: Question, part: str) -> str:
    """Return what a choice or row of the question is called; "" for the question itself."""
    return next((one.label for one in comparing.parts_of(question) if one.value == part), part)


def place(question: Question, part: str, group: str) -> str:
    """Say of what a figure is: "Wage claims, city agencies"."""
    named = [part_label(question, part), str(GROUPS.get(group, group))]
    return ", ".join(word for word in named if word)


def says(figure: Figure) -> str:
    """Return what readers see of a figure, in a line."""
    if figure.withdrawal_id:
        return _("Withdrawn")
    if figure.shown is None:
        return _("Not shown")
    question = figure.question
    if "shares" in figure.shown:
        labels = {one.value: one.label for one in entries.options(question)}
        if question.type == Question.Type.MULTIPLE_CHOICE:
            labels = {findings.CHOSEN: _("chosen"), findings.NOT_CHOSEN: _("not chosen")}
        shares = figure.shown["shares"].items()
        text = "; ".join(f"{labels.get(value, value)} {share}%" for value, share in shares)
    else:
        words = {name: said(question, value) for name, value in figure.shown.items()}
        spread = _("%(median)s in the middle; half are between %(low)s and %(high)s")
        text = spread % words if "low" in words else _("%(median)s in the middle") % words
    return _("%(said)s (of %(n)d agencies)") % {"said": text, "n": figure.number}


def _of_choices(
    question: Question, figures: Mapping[tuple[int, str], Figure], given: Entry | None
) -> list[Bar]:
    chosen = given.value if given and given.value else []
    found = []
    for option in entries.options(question):
        figure = figures.get((question.pk, option.value))
        share = figure.shown["shares"].get(findings.CHOSEN, 0) if figure and figure.shown else None
        number = figure.number if figure else None
        is_mine, why = option.value in chosen, figure.withdrawal if figure else None
        found.append(Bar(option.label, share, number, is_mine=is_mine, withdrawal=why))
    return found


def _bars(question: Question, figure: Figure | None, mine: Any) -> list[Bar]:
    shares = figure.shown["shares"] if figure and figure.shown else None
    return [
        Bar(
            label=option.label,
            share=None if shares is None else shares.get(option.value, 0),
            number=figure.number if figure else None,
            is_mine=option.value == mine,
            lacks_power=option.value == NO_POWER,
            withdrawal=figure.withdrawal if figure else None,
        )
        for option in entries.options(question)
    ]


def _middle(question: Question, figure: Figure | None) -> Middle | None:
    if figure is None or figure.shown is None or figure.number is None:
        return None
    given = figure.shown
    words = {name: said(question, value) for name, value in given.items()}
    return Middle(
        figure.number, words["median"], words.get("low", ""), words.get("high", ""), given
    )


def said(question: Question, value: float) -> str:
    """Return a number as answers to the question are written."""
    tidy = int(value) if float(value).is_integer() else round(value, 1)
    return wording.lines(question, Entry(tidy))[0]
