"""Somebody leaves an agency: what was owed about closed things is dropped at the last look."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import User
from agencies import membership
from agencies.models import Community, Membership
from events import news
from events.leads import LEADS
from notifications import delivering, fanning
from notifications.fanning import ToEach
from notifications.models import Notification
from sessions import notices as session_notices
from surveys import inquiry_notices
from surveys import notices as survey_notices
from tests.factories import (
    make_answer,
    make_community,
    make_inquiry,
    make_member,
    make_question,
    make_registration,
    make_response,
    make_session,
    make_survey,
    make_wave,
    make_webinar,
    midday,
)
from tests.postbox import Postbox
from webinars import access_notices, mailing_notices, notices, offer_notices
from webinars.models import Offer, Registration, Webinar

SOON = midday(3)
Owing = Callable[[Community, User, datetime], Notification]


def closed_webinar(community: Community, now: datetime, **fields: object) -> Webinar:
    """Make a webinar of the community."""
    return make_webinar(starts_at=SOON, visibility="community", community=community, **fields)  # type: ignore[arg-type] # no topics


def off(now: datetime) -> dict[str, object]:
    """Return what makes an announced event one that was called off."""
    return {"state": "cancelled", "cancelled_at": now}


def only(rows: QuerySet[Any, Any], message: ToEach) -> Notification:
    """Owe the message to the only row there is."""
    fanning.queue(rows, message)
    return Notification.objects.get()


def a_seat(community: Community, person: User, now: datetime) -> Registration:
    """Give the person a seat in a closed webinar."""
    return make_registration(closed_webinar(community, now), person)


def receipt(community: Community, person: User, now: datetime) -> Notification:
    return notices.receipt(a_seat(community, person, now), now)


def reminder(community: Community, person: User, now: datetime) -> Notification:
    webinar = a_seat(community, person, now).webinar
    return only(webinar.registrations.all(), notices.reminder(webinar, LEADS[0]))


def canceled(community: Community, person: User, now: datetime) -> Notification:
    webinar = make_registration(closed_webinar(community, now, **off(now)), person).webinar
    return only(
        webinar.registrations.all(), notices.cancelled(webinar, news.of(make_webinar()), now)
    )


def offer_ended(community: Community, person: User, now: datetime) -> Notification:
    webinar = closed_webinar(community, now, **off(now))
    given = {"kind": "colleague", "made_at": now, "until": SOON, "made_by": make_member()}
    return offer_notices.called_off(
        Offer.objects.create(webinar=webinar, person=person, **given), now
    )


def access(community: Community, person: User, now: datetime) -> Notification:
    place = a_seat(community, person, now)
    done = {"state": "arranged", "asked_at": now, "arranged_at": now}
    return access_notices.standing(place.access_needs.create(kind="cart", **done), now)


def mailed(community: Community, person: User, now: datetime) -> Notification:
    place = a_seat(community, person, now)
    said = {"audience": "seated", "subject": "A", "text": "B", "queued_at": now, "due_at": now}
    mailing = place.webinar.mailings.create(**said)
    return only(place.webinar.registrations.all(), mailing_notices.mailing(mailing))


def invited(community: Community, person: User, now: datetime) -> Notification:
    session = make_session(community, starts_at=SOON)
    return session_notices.invited(session.invitations.create(person=person, invited_at=now), now)


def session_off(community: Community, person: User, now: datetime) -> Notification:
    session = make_session(community, starts_at=SOON, **off(now))
    session.invitations.create(person=person, invited_at=now)
    return only(
        session.invitations.all(),
        session_notices.cancelled(session, session_notices.known(make_session(community)), now),
    )


def section(community: Community, person: User, now: datetime) -> Notification:
    wave = make_wave(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))
    response = make_response(wave, community.agencies.get())
    part, earlier = make_question(response.wave.survey).section, now - timedelta(minutes=30)
    work = response.works.create(section=part, owner=person, given_at=earlier)
    return survey_notices.given(work, person, earlier)


def answered(community: Community, person: User, now: datetime) -> Notification:
    question = make_question(make_survey())
    response = make_response(make_wave(question.survey), state="submitted", submitted_at=now)
    given = make_answer(response, question, "Yes")
    return inquiry_notices.settled(make_inquiry(given, person, state="answered"), person, now)


OWED: list[Owing] = [
    *(receipt, reminder, canceled, offer_ended, access, mailed),
    *(invited, session_off, section, answered),
]


@pytest.mark.parametrize("has_left", [False, True])
@pytest.mark.parametrize("owing", OWED)
def test_what_was_owed_reaches_nobody_who_has_left(
    postbox: Postbox, owing: Owing, has_left: bool
) -> None:
    person, now = make_member(), datetime.now(UTC)
    place = Membership.objects.get(person=person)
    notification = owing(make_community(place.agency), person, now)
    notification.due_at, notification.useful_until = now, None
    notification.save()

    if has_left:
        membership.end(membership=place, by=person, now=now)
    delivering.drain()

    state = Notification.objects.values_list("state", flat=True).get()
    assert (len(postbox.received), state) == ((0, "cancelled") if has_left else (1, "sent"))
