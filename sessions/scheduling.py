"""Plan, change, publish, move and cancel a session; whoever is asked to it is told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from agencies.models import Community
from events.slugs import free_slug
from library.models import Topic
from notifications import outbox
from sessions import invitations, notices
from sessions.models import AgendaItem, Invitation, PracticeSession


class IsCancelled(Exception):
    """A canceled session does not change any more."""


class HasNoTime(Exception):
    """Only a session in the future that has a time can be announced."""


@dataclass(frozen=True)
class Plan:
    """What an organiser or facilitator says of a session."""

    title: str
    summary: str
    description: str
    held_on: date
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    community: Community
    has_public_summary: bool
    capacity: int | None
    join_url: str


@transaction.atomic
def plan(*, details: Plan, topics: Iterable[Topic], agenda: Iterable[str]) -> PracticeSession:
    """Plan a session; nobody sees it before it is published."""
    slug = free_slug(PracticeSession.objects.all(), details.title)
    session = PracticeSession.objects.create(slug=slug, **vars(details))
    _set_parts(session, topics, agenda)
    return session


@transaction.atomic
def publish(*, session: PracticeSession, now: datetime) -> None:
    """Announce a draft to its community and ask everybody. Raises HasNoTime or IsCancelled."""
    session = _hold(session)
    if session.is_cancelled:
        raise IsCancelled
    if session.starts_at is None or session.starts_at <= now:
        raise HasNoTime
    if session.state == PracticeSession.State.DRAFT:
        session.state, session.published_at = PracticeSession.State.PUBLISHED, now
        session.save()
        invitations.invite_community(session=session, now=now)


@transaction.atomic
def change(
    *,
    session: PracticeSession,
    details: Plan,
    topics: Iterable[Topic],
    agenda: Iterable[str],
    reason: str,
    now: datetime,
) -> None:
    """Change what is said of a session; a new time is told to everybody asked.

    Raises IsCancelled.
    """
    session = _hold(session)
    if session.is_cancelled:
        raise IsCancelled
    before = (session.starts_at, session.ends_at, session.time_zone)
    for name, value in vars(details).items():
        setattr(session, name, value)
    is_moved = before != (session.starts_at, session.ends_at, session.time_zone)
    if is_moved:
        session.sequence += 1
        session.change_reason = reason
    session.save()
    _set_parts(session, topics, agenda)
    if is_moved and session.state == PracticeSession.State.PUBLISHED:
        asked = _asked(session)
        outbox.withdraw(*map(notices.about, asked), reason="the session moved", now=now)
        outbox.queue(notices.moved(invitation, now) for invitation in asked)


@transaction.atomic
def cancel(*, session: PracticeSession, reason: str, now: datetime) -> None:
    """Call a session off and tell everybody asked; twice tells nobody twice."""
    session = _hold(session)
    if session.is_cancelled:
        return
    was_published = session.state == PracticeSession.State.PUBLISHED
    session.state, session.cancelled_at = PracticeSession.State.CANCELLED, now
    session.sequence += 1
    session.change_reason = reason
    session.save()
    if was_published:
        asked = _asked(session)
        outbox.withdraw(*map(notices.about, asked), reason="the session was canceled", now=now)
        outbox.queue(notices.cancelled(invitation, now) for invitation in asked)


def _hold(session: PracticeSession) -> PracticeSession:
    return PracticeSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _asked(session: PracticeSession) -> list[Invitation]:
    asked = list(session.invitations.expected().select_related("person"))
    for invitation in asked:
        invitation.session = session
    return asked


def _set_parts(session: PracticeSession, topics: Iterable[Topic], agenda: Iterable[str]) -> None:
    session.topics.set(topics)
    session.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, position=position, title=title)
        for position, title in enumerate(agenda, start=1)
    )
