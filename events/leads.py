"""How long before an event people are reminded, and until when that is of use."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Lead:
    """One reminder: owed from `before` the start on, of no more use `until` before the start."""

    word: str
    before: timedelta
    until: timedelta  # negative: after the start
    can_wait: bool = False  # until the reader's day begins

    def owed_at(self, starts_at: datetime) -> datetime:
        """Return the moment from which on it is owed."""
        return starts_at - self.before

    def useful_until(self, starts_at: datetime) -> datetime:
        """Return the moment from which on it comes too late."""
        return starts_at - self.until


LEADS = (
    Lead("week", timedelta(days=7), timedelta(hours=48), can_wait=True),
    Lead("day", timedelta(days=1), timedelta(hours=4)),
    Lead("hour", timedelta(hours=1), -timedelta(minutes=10)),
)
