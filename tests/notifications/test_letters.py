"""What messages say in states that are rarely seen, with names that hold marks of HTML."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from agencies.models import Membership
from events import news, zones
from notifications import kinds, rendering
from notifications.models import Notification
from notifications.notices import digest
from records import notices as record_notices
from records.models import Recording
from surveys import inquiry_notices
from tests.factories import (
    make_agency,
    make_answer,
    make_inquiry,
    make_member,
    make_question,
    make_registration,
    make_response,
    make_user,
    make_wave,
    make_webinar,
    midday,
)
from tests.postbox import SLIPS
from webinars import access_notices, notices, offer_notices, personal, speaker_notices
from webinars.models import AccessNeed, Offer, Presenter, Registration

NAME, TITLE = 'Ann "Nan" O\'Neil & <Co>', 'Liens & "levies": what\'s <new>'
NOW = datetime.now(UTC)


def place(state: str, visibility: str = "public") -> Registration:
    """Return the place of a member in a webinar whose words hold marks."""
    webinar = make_webinar(
        starts_at=midday(30), title=TITLE, change_reason="A & B", visibility=visibility
    )
    ended = {"cancelled_at": NOW} if state == Registration.State.CANCELLED else {}
    return make_registration(webinar, make_member(name=NAME), state=state, **ended)


def reinstated(state: str) -> tuple[Notification, list[str]]:
    """The webinar is on again, at another time: who has a place may give it up."""
    kept = place(state)
    known = news.of(kept.webinar) | {"is_cancelled": True}
    owed = notices.receipt(kept, NOW)
    owed.kind, owed.context["known"] = "webinars/reinstated", known
    return owed, ["takes place after all", personal.url(kept.webinar, kept.person)]


def shut_out(state: str, heading: str) -> tuple[Notification, list[str]]:
    """The person may not see the webinar any more: nobody took anything back."""
    lost = place(Registration.State.CANCELLED, "members")
    lost.person.memberships.update(status=Membership.Status.ENDED, ended_at=NOW)
    return notices.left(lost, NOW, before=state, why="outside"), [f"{heading}: {TITLE}"]


def arranged() -> tuple[Notification, list[str]]:
    """The person reads what is arranged in the words that they asked for it in."""
    need = AccessNeed.objects.create(
        registration=place("registered"), kind="other", note="Large print & more", asked_at=NOW
    )
    need.state, need.arranged_at = AccessNeed.State.ARRANGED, NOW
    need.save()
    return access_notices.standing(need, NOW), ["(Large print & more): it is arranged."]


def asked(kind: str) -> tuple[Notification, list[str]]:
    """A seat is kept until a moment that means the same whenever the message is read."""
    webinar, agency = make_webinar(starts_at=midday(9), title=TITLE), make_agency(name=NAME)
    reader, until = make_member(agency, time_zone="Pacific/Honolulu"), NOW + timedelta(days=1)
    offer = Offer.objects.create(
        webinar=webinar, person=reader, kind=kind, made_at=NOW, until=until, agency=agency,
        made_by=make_user(name=NAME),
    )  # fmt: skip
    word = offer_notices.seat_is_free if kind == "line" else offer_notices.asked
    day = zones.moment_in_words(until, reader.time_zone)
    return word(offer, NOW), [f"until {day}: open" if kind == "line" else f"answer by {day};"]


def speaker() -> tuple[Notification, list[str]]:
    """A speaker reads from when the webinar was moved."""
    webinar = make_webinar(starts_at=midday(9), title=TITLE, change_reason="A & B")
    speaking = Presenter.objects.create(webinar=webinar, name=NAME, email="a@example.org")
    times = [moment.isoformat() for moment in (midday(7), midday(7) + timedelta(hours=1))]
    known = news.of(webinar) | {"times": times}
    was = zones.in_words(midday(7), midday(7) + timedelta(hours=1), webinar.time_zone)
    owed = speaker_notices.news(speaking, "moved", known, NOW)
    return owed, [f"It was to be on {was.day}, {was.hours}.", "The reason: A & B"]


def question() -> tuple[Notification, list[str]]:
    """An organizer who belongs to no agency asks for the program."""
    agency = make_agency(name="City of <A> & B")
    asker, reader = make_user(is_organiser=True, name=NAME), make_member(agency, role="coordinator")
    response, asked_about = make_response(make_wave(title=TITLE), agency), make_question()
    inquiry = make_inquiry(make_answer(response, asked_about, "Yes"), asker)
    return inquiry_notices.asked(inquiry, reader, NOW), [
        "A question from CIWO Learning Community",
        f"{NAME} asks:",
    ]


def digested() -> tuple[Notification, list[str]]:
    """A line of the weekly digest leads to what it tells of."""
    webinar, reader = make_webinar(starts_at=midday(-2), title=TITLE), make_user(name=NAME)
    shown = Recording.objects.create(
        webinar=webinar, link="https://video.example.org/1", captions="WEBVTT\n",
        consented_at=NOW, published_at=NOW,
    )  # fmt: skip
    told = record_notices.recording_is_out(shown, NOW)
    about = {"kind": told.kind, "category": told.category, "about": told.about}
    held = Notification(key="held", context=dict(told.context), recipient=reader, **about)
    page = f"{settings.SITE_URL}{shown.get_absolute_url()}"
    return digest(reader, [held], NOW, NOW), [f"- The recording is out: {TITLE}\n  {page}\n"]


@pytest.mark.parametrize(
    "owing",
    [
        *(lambda state=state: reinstated(state) for state in ("registered", "waitlisted")),
        lambda: shut_out("registered", "You are no longer registered"),
        lambda: shut_out("waitlisted", "You are no longer on the waitlist"),
        lambda: shut_out("pending", "Your registration has ended"),
        arranged,
        *(lambda kind=kind: asked(kind) for kind in ("line", "colleague", "substitute")),
        speaker,
        question,
        digested,
    ],
)
def test_letter_says_what_is_so_in_its_state(
    owing: Callable[[], tuple[Notification, list[str]]],
) -> None:
    owed, said = owing()
    owed.claimed_at = NOW
    owed.address = owed.address or (owed.recipient.email if owed.recipient else "")
    [owed] = kinds.looked_up([owed])

    message = rendering.render(owed, kinds.get(owed.kind).write(owed))

    words = f"{message.subject}\n{message.body}"
    assert [part for part in said if part not in words] == []
    assert SLIPS.findall(words) == []
