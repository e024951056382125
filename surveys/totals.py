"""Published totals as a page shows them: bars, medians, or that a figure is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from surveys import comparing, entries, findings, wording
from surveys.comparing import NO_POWER, Column
from surveys.entries import Entry
from surveys.models import Answer, Figure, Question, Release, SharingLevel, Wave

SIZES = {
    "small": gettext_lazy("Fewer than 250,000 people"),
    "middle": gettext_lazy("250,000 to 1 million people"),
    "large": gettext_lazy("More than 1 million people"),
}


@dataclass(frozen=True)
class Bar:
    """One choice with the share of the agencies that said it."""

    label: str
    share: int | None  # percent, rounded; None: hidden
    number: int | None
    is_mine: bool = False
    lacks_power: bool = False  # no gap: the law gives these agencies no such power


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
    """Return the last release, or None."""
    return wave.releases.order_by("-number").first()


def is_withdrawn_from(release: Release) -> bool:
    """Whether an agency has since taken an answer out of what the release counts; not which."""
    # One that is narrowed by the answer that it rests on was not changed itself.
    alone = Q(sharing=SharingLevel.ORGANISERS)
    along = Q(readable_as=SharingLevel.ORGANISERS) & ~alone
    taken = Answer.objects.filter(
        along | alone & Q(changed_at__gt=release.published_at), response__wave=release.wave_id
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
        for figure in Figure.objects.filter(release=release, group=group, question__in=questions)
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
        return [Total(question, question.label, place, _of_choices(question, figures, given))]
    if question.type == Question.Type.MATRIX:
        rows = comparing.parts_of(question)
        said = given.value if given and given.value else {}
        return [
            Total(
                question,
                f"{question.label} {row.label}",
                place,
                _bars(question, figures.get((question.pk, row.value)), said.get(row.value)),
            )
            for row in rows
        ]
    figure = figures.get((question.pk, ""))
    if question.type in findings.NUMBERS:
        return [Total(question, question.label, place, [], _middle(question, figure))]
    mine = given.value if given else None
    return [Total(question, question.label, place, _bars(question, figure, mine))]


def _of_choices(
    question: Question, figures: Mapping[tuple[int, str], Figure], given: Entry | None
) -> list[Bar]:
    chosen = given.value if given and given.value else []
    found = []
    for option in entries.options(question):
        figure = figures.get((question.pk, option.value))
        share = figure.shown["shares"].get(findings.CHOSEN, 0) if figure and figure.shown else None
        number = figure.number if figure else None
        found.append(Bar(option.label, share, number, is_mine=option.value in chosen))
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
