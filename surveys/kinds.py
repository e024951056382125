"""The types of question in the words of somebody who chooses one."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.models import Question

Type = Question.Type


@dataclass(frozen=True)
class Kind:
    """One type: what it is for, and a question that it suits."""

    type: Question.Type
    text: str | Promise
    example: str | Promise


GROUPS: tuple[tuple[str | Promise, tuple[Kind, ...]], ...] = (
    (
        _("Choosing"),
        (
            Kind(
                Type.YES_NO_IN_PROGRESS,
                _("Whether the agency does something, or is about to."),
                _("Do you have a written investigation manual?"),
            ),
            Kind(
                Type.SINGLE_CHOICE,
                _("A list of which one thing fits."),
                _("How do you decide which complaints to take up first?"),
            ),
            Kind(
                Type.MULTIPLE_CHOICE,
                _("A list of which several things may fit; “None of these” can stand alone."),
                _("Which collection tools did you use?"),
            ),
            Kind(
                Type.SCALE,
                _("Steps from one end to the other, which have an average."),
                _("How effective are your collection tools, from not at all to very?"),
            ),
            Kind(
                Type.MATRIX,
                _("The same choices for several things, a row for each."),
                _("How often do you use each of these: never, sometimes, always?"),
            ),
            Kind(
                Type.RANKING,
                _("A list to bring into an order, the most important first."),
                _("Rank what weighs most in your triage."),
            ),
        ),
    ),
    (
        _("Numbers and dates"),
        (
            Kind(
                Type.NUMBER,
                _("A count with its unit. An agency can say why it has none."),
                _("How many complaints did you receive?"),
            ),
            Kind(
                Type.PERCENTAGE,
                _("A share from 0 to 100."),
                _("What share of cases ended in a settlement?"),
            ),
            Kind(
                Type.CURRENCY,
                _("US dollars."),
                _("How much did you find owed to workers?"),
            ),
            Kind(
                Type.YEAR,
                _("Four digits."),
                _("Which year do your figures cover?"),
            ),
            Kind(
                Type.DATE,
                _("A day."),
                _("When was the protocol adopted?"),
            ),
        ),
    ),
    (
        _("Words and files"),
        (
            Kind(
                Type.SHORT_TEXT,
                _("A line. It is read, not counted."),
                _("Which other labor standards do you enforce?"),
            ),
            Kind(
                Type.LONG_TEXT,
                _("A few paragraphs. They are read, not counted."),
                _("Which practice of yours would you recommend, and why?"),
            ),
            Kind(
                Type.FILE,
                _("Documents that the agency uploads."),
                _("Upload a settlement template that you are willing to share."),
            ),
        ),
    ),
)


def of(type: str) -> Kind:
    """Return the type of this name."""
    return next(kind for _heading, kinds in GROUPS for kind in kinds if kind.type == type)
