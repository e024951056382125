"""Whether a change from wave to wave is more than noise: pure functions of what is published.

What is said of a change follows from published figures alone, so that it tells nothing more of
any agency than they do.

The rule: a change counts if it is more than 1.28 standard errors of a difference, so that figures
of two waves would differ as much in this direction by chance at most one time in ten. Comparing
two figures by the standard error of their difference is what the U.S. Census Bureau asks of users
of the American Community Survey (Understanding and Using ACS Data: What All Data Users Need to
Know, 2020, chapter 7: the square root of the sum of the squares, at nine in ten). Here it is taken
on one side, since an arrow speaks of one direction. The standard errors are

- of a share, with one agency added on either side (Agresti and Caffo, The American Statistician
  54, 2000), which keeps few agencies from looking sure;
- of a mean, the deviation over the root of the number;
- of a median, 1.25 x IQR / (1.35 x root of the number) (McGill, Tukey and Larsen, The American
  Statistician 32, 1978: the notches of a box plot).

Where fewer than ten agencies gave a number, no quartiles are published and nothing can be said of
noise: the page says that instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot, sqrt

SURE = 1.28  # standard errors: one time in ten on one side


@dataclass(frozen=True)
class Amount:
    """A figure and how far it may be off by chance; None where that is not known."""

    value: float
    error: float | None
    centre: float | None = None  # of what the error is, where that is not the value itself

    @property
    def middle(self) -> float:
        """What is compared."""
        return self.value if self.centre is None else self.centre


def exceeds(then: Amount, now: Amount) -> bool | None:
    """Whether a change is more than noise; None where it cannot be told."""
    if then.error is None or now.error is None:
        return None
    return abs(now.middle - then.middle) > SURE * hypot(then.error, now.error)


def counts(shares: Mapping[str, float], number: int) -> dict[str, int]:
    """Return how many agencies stand behind published shares: exact up to twenty agencies."""
    return {value: round(share * number / 100) for value, share in shares.items()}


def share(count: int, number: int) -> Amount:
    """Return a share in percent with its error."""
    adjusted = (count + 1) / (number + 2)
    error = sqrt(adjusted * (1 - adjusted) / (number + 2))
    return Amount(100 * count / number, 100 * error, 100 * adjusted)


def mean(given: Mapping[str, int]) -> Amount | None:
    """Return the mean of a scale from how many chose each step; None unless steps are numbers.

    An answer that is no step, such as "not our power", is left out.
    """
    steps = {int(step): number for step, number in given.items() if step.isdigit() and number}
    number = sum(steps.values())
    if number < 2:
        return None
    middle = sum(step * n for step, n in steps.items()) / number
    spread = sum(n * (step - middle) ** 2 for step, n in steps.items()) / (number - 1)
    return Amount(middle, sqrt(spread / number))


def median(told: Mapping[str, float], number: int) -> Amount:
    """Return a published median with its error, where the quartiles are published as well."""
    if "low" not in told:
        return Amount(told["median"], None)
    return Amount(told["median"], 1.25 * (told["high"] - told["low"]) / (1.35 * sqrt(number)))
