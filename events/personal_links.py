"""Links in messages for one person and one event, which work without signing in."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from accounts.models import User
from events.models import Event

LINKS_WORK = timedelta(days=30)  # after the event's day; templates/events/link_ended.html
E = TypeVar("E", bound=Event)


class UnknownToken(Exception):
    """The link was not made by us, or its person or event is gone, or it was ended."""


class LinkEnded(Exception):
    """The link was ours, but its event is long over."""


def refuse_ended(event: Event, now: datetime) -> None:
    """Raise LinkEnded once links in messages about this event work no longer."""
    if now.date() > event.held_on + LINKS_WORK:
        raise LinkEnded


def token(event: Model, person: User, salt: str) -> str:
    """Return what names the event and the person; `salt` says which kind of link it is for."""
    return signing.dumps([event.pk, person.pk, person.links_issue], salt=salt)


def read(token: str, salt: str, events: "QuerySet[E, E]", now: datetime) -> tuple[E, User]:
    """Return the event and the person that a link is about. Raises UnknownToken or LinkEnded."""
    try:
        said: list[Any] = signing.loads(token, salt=salt)
        key, pk, *issue = said  # links of before carry no issue
        event = events.get(pk=key)
        person = User.objects.get(pk=pk, is_active=True, links_issue=issue[0] if issue else 0)
    except (signing.BadSignature, events.model.DoesNotExist, User.DoesNotExist, ValueError):
        raise UnknownToken from None
    refuse_ended(event, now)
    return event, person
