"""Who comes into an agency, leaves it or gets a role there, with the messages that this owes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from agencies import membership
from agencies.models import Agency, Membership
from ciwo_portal import notices, people_notices
from notifications import gathering, outbox, resting
from notifications.models import Category

Status = Membership.Status


def verified_address(person: User) -> str:
    """Return the address that the person has proved to own and signs in with, or ""."""
    own = EmailAddress.objects.filter(user=person, primary=True, verified=True)
    address: str = own.values_list("email", flat=True).first() or ""
    return address


def coordinators_reached(agency: Agency) -> list[User]:
    """Return who decides for the agency and gets mail; if nobody does, organisers decide."""
    return resting.reached(membership.coordinators(agency), Category.ACCOUNT)


@transaction.atomic
def ask(*, person: User, agency: Agency, now: datetime) -> Membership:
    """Ask for a place and tell who decides; raises NotOffered."""
    address = verified_address(person)
    with _colleagues_told(person, agency, by=person, now=now):
        place = membership.ask(person=person, agency=agency, address=address, now=now)
    if place.status == Status.PENDING:
        outbox.queue([notices.asked(place, decider, now) for decider in _deciders(place)])
        if not coordinators_reached(agency) and membership.coordinators(agency).exists():
            place.chases = Membership.PASSED_ON  # they hear nothing of it
            place.save(update_fields=["chases"])
    return place


@transaction.atomic
def approve(*, place: Membership, by: User, now: datetime) -> Membership:
    """Let somebody in and say so; raises NotWaiting."""
    with _colleagues_told(place.person, place.agency, by=by, now=now):
        place = membership.approve(membership=place, by=by, now=now)
    _say(place, "approved", now, is_news=place.decided_at == now)
    return place


@transaction.atomic
def decline(*, place: Membership, reason: str, by: User, now: datetime) -> Membership:
    """Turn a request down and say why; raises NotWaiting."""
    place = membership.decline(membership=place, reason=reason, by=by, now=now)
    _say(place, "declined", now, is_news=True)
    return place


@transaction.atomic
def admit(
    *, person: User, agency: Agency, role: Membership.Role, by: User, now: datetime
) -> Membership:
    """Take somebody in without a request, or give a member the role, and say so.

    Raises LastCoordinator.
    """
    is_member = person.memberships.active().filter(agency=agency).exists()
    with _colleagues_told(person, agency, by=by, now=now):
        place = membership.admit(person=person, agency=agency, role=role, by=by, now=now)
    _say(place, "appointed" if is_member else "approved", now, is_news=place.decided_at == now)
    return place


@transaction.atomic
def appoint(*, place: Membership, role: Membership.Role, by: User, now: datetime) -> Membership:
    """Give a member a role and say so; raises LastCoordinator and NotWaiting."""
    with _colleagues_told(place.person, place.agency, by=by, now=now):
        place = membership.appoint(membership=place, role=role, by=by, now=now)
    _say(place, "appointed", now, is_news=place.decided_at == now)
    return place


@transaction.atomic
def end(*, place: Membership, by: User, now: datetime) -> Membership:
    """Take somebody out, who hears of it unless it was the own wish; raises LastCoordinator."""
    with _colleagues_told(place.person, place.agency, by=by, now=now):
        place = membership.end(membership=place, by=by, now=now)
    _say(place, "ended", now, is_news=place.ended_at == now and place.person_id != by.pk)
    return place


@transaction.atomic
def follow_address(*, person: User, before: str, address: str, now: datetime) -> list[Membership]:
    """End the places that only the old address proved, and return them."""
    mine = person.memberships.active().select_related("agency").order_by("agency")
    with ExitStack() as stack:
        for place in mine:
            telling = _colleagues_told(
                person, place.agency, by=person, now=now, word=people_notices.MOVED
            )
            stack.enter_context(telling)
        left = membership.follow_address(person=person, before=before, address=address, now=now)
    for place in left:
        _say(place, "ended", now, is_news=True)
    return left


@contextmanager
def _colleagues_told(
    person: User, agency: Agency, *, by: User, now: datetime, word: str = ""
) -> Iterator[None]:
    """Tell the other coordinators if the person's role in the agency is another one afterwards."""
    before = _role(person, agency)
    yield
    if _role(person, agency) == before:
        return
    fact, others = str(person.pk), membership.coordinators(agency).exclude(pk=person.pk)
    told = people_notices.colleagues(agency, others.exclude(pk=by.pk), now)
    gathering.add(told, fact=fact, before=before, word=word)
    about = people_notices.about_people(agency)
    gathering.take_out(people_notices.COLLEAGUES, about, by.pk, fact=fact)


def _role(person: User, agency: Agency) -> str | None:
    """Return the role that the person has in the agency now, if any."""
    roles = person.memberships.active().filter(agency=agency).values_list("role", flat=True)
    return roles.first()


def _say(place: Membership, word: str, now: datetime, *, is_news: bool) -> None:
    """Stop asking for a decision, and tell the person what was decided."""
    outbox.withdraw(notices.about_request(place), reason="the request is settled", now=now)
    if is_news:
        outbox.queue([notices.decided(place, word, now)])


def organisers_for(place: Membership) -> list[User]:
    """Return the organisers who may decide on the request: nobody decides on their own."""
    return list(User.objects.organisers().exclude(pk=place.person_id))


def _deciders(place: Membership) -> list[User]:
    """Return the agency's coordinators, or the organisers where no mail reaches one."""
    return coordinators_reached(place.agency) or organisers_for(place)
