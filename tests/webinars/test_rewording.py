"""People hear of another title, other speakers or other access text where organizers wish it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from agencies.membership import SLIP
from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_manage import form_of
from tests.webinars.test_messages import details
from webinars import presenting, scheduling
from webinars.models import Registration, Webinar
from webinars.presenting import Speaker

AGO = datetime.now(UTC) - 2 * SLIP
SOON = datetime.now(UTC) + timedelta(days=20)


@pytest.fixture
def place() -> Registration:
    """A seat in a webinar that is announced."""
    return make_registration(make_webinar(title="Liens", starts_at=SOON))


def reword(webinar: Webinar, minutes: int, *, is_told: bool = True, **words: str) -> None:
    """Change words of the webinar some minutes after its first change."""
    now = AGO + timedelta(minutes=minutes)
    changed = {"details": details(webinar, **words), "topics": [], "reason": ""}
    scheduling.change(webinar=webinar, now=now, tells_words=is_told, **changed)  # type: ignore[arg-type] # by name
    webinar.refresh_from_db()


def speak(webinar: Webinar, name: str, minutes: int) -> None:
    """Name the one speaker."""
    said = [Speaker(None, name, "", None, "", "")]
    now = AGO + timedelta(minutes=minutes)
    presenting.present(webinar=webinar, speakers=said, now=now, tells_words=True)


def test_title_speakers_and_access_come_in_one_mail_with_what_was(
    place: Registration, postbox: Postbox
):
    webinar = place.webinar

    reword(webinar, 0, title="Liens and levies")
    speak(webinar, "Ana Reyes", 1)
    reword(webinar, 2, title="Levies", access_information="Captions in English.")
    delivering.drain()

    [mail] = postbox.received
    part = mail.get_body(("plain",))
    assert part is not None
    said = " ".join(part.get_content().split())
    calendar = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    assert (mail["To"], mail["Subject"], len(calendar)) == (
        place.person.email,
        "Changed: Levies",
        1,
    )
    wanted = ("was called: Liens", "Who speaks now: Ana Reyes", "information above is new.")
    assert [words for words in wanted if words not in said] == []


@pytest.mark.parametrize("end", ["put right", "left", "canceled", "unwished"])
def test_nobody_hears_of_what_is_no_news_to_them(place: Registration, postbox: Postbox, end: str):
    webinar = place.webinar

    reword(webinar, 0, title="Levies", is_told=end != "unwished")
    if end == "put right":
        reword(webinar, 5, title="Liens")
    elif end == "left":
        webinar.registrations.update(state="cancelled", cancelled_at=AGO)
    elif end == "canceled":
        Webinar.objects.update(state="cancelled", cancelled_at=AGO)
    delivering.drain()

    assert postbox.received == []
    assert Notification.objects.count() == (0 if end == "unwished" else 1)


def test_form_offers_to_tell_people_of_an_announced_webinar(
    organiser_client: Client, organiser: User
):
    webinars = [make_webinar(), make_webinar(state="draft", published_at=None)]
    pages = [
        organiser_client.get(f"/manage/webinars/{one.slug}/{page}/")
        for one in webinars
        for page in ("edit", "speakers")
    ]

    assert ["tells_words" in page.content.decode() for page in pages] == [True, True, False, False]


@pytest.mark.parametrize("is_awaited", [True, False])
def test_webinar_that_people_wait_for_is_not_moved_into_the_past(
    place: Registration, organiser_client: Client, is_awaited: bool
):
    webinar, address = place.webinar, f"/manage/webinars/{place.webinar.slug}/edit/"
    shown = form_of(organiser_client, webinar) | {"held_on": "2024-05-06", "is_past_meant": "on"}
    if not is_awaited:
        webinar.registrations.all().delete()

    page = organiser_client.post(address, shown)

    refused = {"held_on": ["People have a place. Choose a time that is to come, or cancel it."]}
    assert (page.context["form"].errors if page.context else {}) == (refused if is_awaited else {})
