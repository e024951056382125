"""Arithmetic of findings: pure functions over what agencies answered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10
from statistics import median, quantiles
from typing import Any

from surveys.models import Question

STEP = 5  # percent: published shares are rounded to it
MANY = 10  # agencies, from which on quartiles are told beside the median
DIGITS = 3  # of a published number: nobody's own amount stands there to the dollar
FAR = 3  # interquartile ranges beyond the quartiles: a number that stands apart
ENOUGH = 5  # numbers, before one of them can stand apart
CHOSEN, NOT_CHOSEN = "yes", "no"
NUMBERS = {Question.Type.NUMBER, Question.Type.PERCENTAGE, Question.Type.CURRENCY}
SHARED_OUT = {
    Question.Type.SINGLE_CHOICE,
    Question.Type.MULTIPLE_CHOICE,
    Question.Type.YES_NO_IN_PROGRESS,
    Question.Type.SCALE,
    Question.Type.MATRIX,
}


@dataclass(frozen=True)
class Unit:
    """What one agency says of one practice, and who may read it by name."""

    revision: int  # the answer's revision: another one is another unit
    response: int
    value: Any
    groups: frozenset[str]
    sharing: str  # as what it may be read
    # What else it could say of the practice with all other answers as they are; None: anything.
    # Of a number, which conditions it meets: those that meet the same can be exchanged.
    turns: frozenset[str] | None = None


def is_counted(question: Question) -> bool:
    """Whether totals are made of the question; texts, files, dates and ranks are only named."""
    return question.type in NUMBERS | SHARED_OUT


def value_of(question: Question, part: str, value: Any) -> Any:
    """Return what an answer says of one part; None if it says nothing of it."""
    if question.type == Question.Type.MULTIPLE_CHOICE:
        return CHOSEN if part in value else NOT_CHOSEN
    if question.type == Question.Type.MATRIX:
        return value.get(part)
    return value


def middle(numbers: Iterable[float]) -> float:
    """Return the median."""
    return median(numbers)


def spread(numbers: Sequence[float]) -> tuple[float, float, float]:
    """Return the quartiles with the median between them; needs two numbers."""
    low, mid, high = quantiles(numbers, n=4, method="inclusive")
    return low, mid, high


def reach(numbers: Sequence[float]) -> tuple[float, float] | None:
    """Return between which ends numbers stand together; None for too few of them."""
    if len(numbers) < ENOUGH:
        return None
    low, _mid, high = spread(numbers)
    return low - FAR * (high - low), high + FAR * (high - low)


def coarse(number: float) -> float:
    """Return a number as it is published: its first three digits."""
    return round(number, DIGITS - 1 - floor(log10(abs(number)))) if number else 0.0


def rounded(count: int, number: int) -> int:
    """Return a share in percent as it is published."""
    return STEP * round(100 * count / number / STEP)


def tally(question: Question, units: Sequence[Unit]) -> dict[str, Any]:
    """Return what is published of these agencies: shares, or the median and its spread."""
    if question.type in SHARED_OUT:
        counts = Counter(str(unit.value) for unit in units)
        return {"shares": {value: rounded(n, len(units)) for value, n in sorted(counts.items())}}
    told = spread_of([float(unit.value) for unit in units])
    return {name: coarse(number) for name, number in told.items()}


def spread_of(numbers: Sequence[float]) -> dict[str, float]:
    """Return the median, and the quartiles from ten numbers on."""
    if len(numbers) < MANY:
        return {"median": middle(numbers)}
    low, mid, high = spread(numbers)
    return {"low": low, "median": mid, "high": high}
