"""What a change of an event would touch: counted, and seen before it is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.translation import gettext as _

from accounts.models import User
from events import clashes
from events.models import Event


@dataclass(frozen=True)
class Time:
    """When an event is or would be: UTC instants and the announced zone."""

    starts_at: datetime
    ends_at: datetime
    zone: str

    @classmethod
    def of(cls, said: Any) -> Self | None:
        """Return when an event or a plan is; None of what has a day only."""
        if said.starts_at is None or said.ends_at is None:
            return None
        return cls(said.starts_at, said.ends_at, said.time_zone)


@dataclass(frozen=True)
class Effects:
    """How many are told, whose calendars change, and what else happens at the time."""

    messages: int
    calendars: int
    reminders_sent: int  # of the time as it is now
    reminders_owed: int
    others: list[Event]
    holidays: list[str]


def others(time: Time | None, but: Event | None, reader: User) -> list[Event]:
    """Return what else happens at a time, as far as the reader may know of it."""
    return clashes.at(time.starts_at, time.ends_at, reader=reader, but=but) if time else []


def holidays(time: Time | None) -> list[str]:
    """Return the federal holidays on which a time falls."""
    return clashes.days_off(time.starts_at, time.ends_at, time.zone) if time else []


def coincidences(time: Time | None, *, but: Event | None, reader: User) -> list[str]:
    """Say in words what else happens at a time, as far as the reader may know of it."""
    return [
        *(
            _("It falls on a federal holiday: %(name)s.") % {"name": name}
            for name in holidays(time)
        ),
        *(
            _("At the same time: %(title)s.") % {"title": one.title}
            for one in others(time, but, reader)
        ),
    ]
