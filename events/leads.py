"""How long before an event people are reminded, and until when that is of use."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Lead:
    """One reminder: owed from `before` the start on, of no more use `until` before the start."""

    word: str
    before: timedelta
    until: timedelta  # negative: after the start
    span: str | Promise  # "7 days": how long before, in words
    can_wait: bool = False  # until the reader's day begins

    def owed_at(self, starts_at: datetime) -> datetime:
        """Return the moment from which on it is owed."""
        return starts_at - self.before

    def useful_until(self, starts_at: datetime) -> datetime:
        """Return the moment from which on it comes too late."""
        return starts_at - self.until


# What organisers may choose from, the earliest first.
CHOICES = (
    Lead(
        "fortnight",
        timedelta(days=14),
        timedelta(days=8),
        gettext_lazy("14 days"),
        can_wait=True,
    ),
    Lead("week", timedelta(days=7), timedelta(hours=48), gettext_lazy("7 days"), can_wait=True),
    Lead("days", timedelta(days=3), timedelta(hours=26), gettext_lazy("3 days"), can_wait=True),
    Lead("day", timedelta(days=1), timedelta(hours=4), gettext_lazy("1 day")),
    Lead("hour", timedelta(hours=1), -timedelta(minutes=10), gettext_lazy("1 hour")),
    Lead("quarter", timedelta(minutes=15), -timedelta(minutes=10), gettext_lazy("15 minutes")),
)
LEADS = tuple(lead for lead in CHOICES if lead.word in {"week", "day", "hour"})  # by default
_BY_WORD = {lead.word: lead for lead in CHOICES}


def get(word: str) -> Lead:
    """Return the lead of this word, or raise KeyError."""
    return _BY_WORD[word]


def in_words(words: Collection[str]) -> str:
    """Say when reminders come: "7 days, 1 day and 1 hour"; nothing for none."""
    return str(get_text_list([str(one.span) for one in CHOICES if one.word in words], _("and")))
