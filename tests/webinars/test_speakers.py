"""Speakers: who is named, what is asked of them when, and their own page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_agency, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_manage import address, errors_of, fields_of
from tests.webinars.test_messages import calendar_of, details, words_of
from tests.webinars.test_pages import SOON, said
from webinars import presenting, scheduling, speaker_links
from webinars.models import Consent, Presenter, Webinar

TOOL = "https://meet.example.org/j/42"
READY = {"slides_at": SOON, "accessible_at": SOON, "consent": "given", "consent_at": SOON}


@pytest.fixture(autouse=True)
def _nothing_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test counts what another has guessed, nor waits for the morning."""
    cache.clear()
    monkeypatch.setattr(delivering, "DAY", range(24))


def make_speaker(webinar: Webinar, **fields: Any) -> Presenter:
    """Name somebody who has an address and has answered nothing."""
    given = {"name": "Ann", "email": "ann@example.org"} | fields
    return Presenter.objects.create(webinar=webinar, **given)


def path_of(presenter: Presenter, word: str = "") -> str:
    """Return the path of a speaker's own page."""
    return urlsplit(speaker_links.url(presenter)).path + word


def test_saving_the_speakers_again_keeps_what_they_answered(organiser_client: Client) -> None:
    webinar, agency = make_webinar(starts_at=SOON), make_agency()
    make_speaker(webinar, **READY, agency=agency, biography="Ten years.")
    where = address(webinar, "speakers/")
    before: dict[str, Any] = dict(Presenter.objects.values().get())

    organiser_client.post(where, fields_of(organiser_client.get(where)))

    assert Presenter.objects.values().get() == before | {"position": 1}


def test_new_address_ends_the_old_link(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    speaker = make_speaker(webinar)
    old, where = path_of(speaker), address(webinar, "speakers/")

    shown = fields_of(organiser_client.get(where))
    organiser_client.post(where, shown | {"speaker-0-email": "bob@example.org"})

    speaker.refresh_from_db()
    found = [Client().get(path).status_code for path in (old, path_of(speaker))]
    assert found == [404, 200]


def test_organizer_ends_a_link_and_sends_a_new_one(
    organiser_client: Client, postbox: Postbox
) -> None:
    webinar = make_webinar(starts_at=SOON, title="Liens", change_reason="A holiday")
    speaker = make_speaker(webinar)
    old = path_of(speaker)

    organiser_client.post(address(webinar, f"speakers/{speaker.pk}/new-link/"))
    Webinar.objects.update(sequence=F("sequence") + 1)  # moved before the link went out
    delivering.drain()

    speaker.refresh_from_db()
    found = [Client().get(path).status_code for path in (old, path_of(speaker))]
    [letter] = postbox.received
    text = words_of(letter)
    told = (letter["Subject"], path_of(speaker) in text, old in text, "A holiday" in text)
    assert (found, told) == ([404, 200], ("New link: Liens", True, False, False))


def test_speaker_answers_on_the_own_page(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    speaker = make_speaker(webinar)
    sent = {"has_slides": "on", "is_accessible": "on", "agrees": "no", "biography": "Ten years."}
    link = {"slides_url": "https://files.example.org/1"}

    opened = Client().get(path_of(speaker))
    unchanged = Presenter.objects.get().consent
    saved = Client(enforce_csrf_checks=True).post(path_of(speaker), sent | link)

    speaker.refresh_from_db()
    assert (opened.status_code, unchanged) == (200, "not_asked")
    assert "Saved. You can come back and change it." in said(saved)
    assert (speaker.consent, speaker.is_done, speaker.slides_url) == (
        Consent.REFUSED,
        True,
        link["slides_url"],
    )
    assert "Ten years." in said(Client().get(webinar.get_absolute_url()))
    assert "Does not agree to the recording" in said(
        organiser_client.get(address(webinar, "speakers/"))
    )


def test_answers_keep_their_date_until_they_change(now: datetime) -> None:
    speaker = make_speaker(make_webinar())
    yes = presenting.Answer(True, False, True, "", "")
    later = now + timedelta(days=1)

    presenting.answer(presenter=speaker, answer=yes, now=now)
    presenting.answer(presenter=speaker, answer=yes, now=later)
    speaker.refresh_from_db()
    first = (speaker.consent_at, speaker.slides_at)
    no = presenting.Answer(False, False, False, "", "")
    presenting.answer(presenter=speaker, answer=no, now=later)

    speaker.refresh_from_db()
    assert first == (now, now)
    assert (speaker.consent, speaker.consent_at, speaker.slides_at) == ("refused", later, None)


def test_bad_input_is_explained_and_kept() -> None:
    speaker = make_speaker(make_webinar(starts_at=SOON))
    sent = {"slides_url": "javascript:alert(1)", "agrees": "maybe", "biography": "x" * 2001}

    page = Client().post(path_of(speaker), sent)

    assert [error.partition(":")[0] for error in errors_of(page)] == [
        "Link to your slides",
        "May the webinar be recorded with you in it, and the recording shown?",
        "Biography",
    ]
    assert fields_of(page)["biography"] == "x" * 2001
    assert Presenter.objects.get().biography == ""


@pytest.mark.parametrize("word", ["", "join/"])
def test_forged_links_open_nothing_and_tell_nobody(word: str) -> None:
    speaker = make_speaker(make_webinar(starts_at=SOON))

    good = Client().get(path_of(speaker, word))
    forged = Client().get(path_of(speaker).replace(".", "x.") + word)

    assert (good.status_code, forged.status_code) == (200, 404)
    assert {one["Referrer-Policy"] for one in (good, forged)} == {"no-referrer"}
    assert {one["X-Robots-Tag"] for one in (good, forged)} == {"noindex, nofollow"}
    assert speaker_links.token(speaker) not in good.content.decode()


@pytest.mark.parametrize(("minutes", "place"), [(59, TOOL), (61, None), (-80, None)])
def test_speaker_joins_from_an_hour_before(minutes: int, place: str | None) -> None:
    start = timezone.now() + timedelta(minutes=minutes)
    webinar = make_webinar(starts_at=start, join_url=TOOL)

    answer = Client().post(path_of(make_speaker(webinar), "join/"))

    assert answer.get("Location") == place


@pytest.mark.parametrize(
    ("before", "fields", "words"),
    [
        (timedelta(days=8), {}, []),
        (timedelta(days=7), {}, ["week"]),
        (timedelta(days=2), {}, ["days"]),
        (timedelta(0), {}, []),
        (timedelta(days=6), {"email": ""}, []),
        (timedelta(days=6), READY, []),
        (timedelta(days=6), READY | {"slides_at": None}, ["week"]),
        (timedelta(days=6), READY | {"consent": "asked"}, ["week"]),
    ],
)
def test_speakers_are_reminded_while_something_is_open(now, before, fields, words) -> None:
    make_speaker(make_webinar(starts_at=now + before), **fields)

    for _ in range(2):
        presenting.queue_due(now=now)

    assert [one.key.split("/")[2] for one in Notification.objects.all()] == words


def test_move_asks_again_and_cancellation_does_not(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=6))
    make_speaker(webinar)
    presenting.queue_due(now=now)
    later = now + timedelta(days=30)
    plan = details(webinar, starts_at=later, ends_at=later + timedelta(hours=1))
    scheduling.change(webinar=webinar, details=plan, topics=[], reason="", now=now)

    presenting.queue_due(now=now + timedelta(days=24))
    scheduling.cancel(webinar=webinar, reason="", now=now)
    presenting.queue_due(now=now + timedelta(days=29))

    asked = Notification.objects.filter(kind="webinars/speaking").order_by("due_at")
    assert [one.due_at for one in asked] == [
        now - timedelta(days=1),
        now + timedelta(days=23),
    ]


def test_request_says_what_is_open_in_the_speakers_time(postbox: Postbox) -> None:
    make_user(email="ann@example.org", time_zone="Pacific/Honolulu")
    start = datetime(SOON.year + 1, 1, 14, 18, tzinfo=UTC)
    webinar = make_webinar(starts_at=start, ends_at=start + timedelta(hours=1))
    speaker = make_speaker(webinar, slides_at=SOON)

    told = presenting.ask(webinar=webinar, now=timezone.now())
    delivering.drain()

    [message] = postbox.received
    words = words_of(message)
    assert (told, message["To"]) == (1, "ann@example.org")
    assert ("your slides" in words, "slides that everybody can use" in words) == (False, True)
    assert "8:00 to 9:00 a.m. Hawaii (your time)" in words
    assert speaker_links.url(speaker) in words
    assert Presenter.objects.get().consent == Consent.ASKED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (READY, "nothing is open any more"),
        ({"email": "b@example.org"}, "the speaker was taken off, or has another address"),
    ],
)
def test_what_has_lost_its_point_is_not_sent(postbox: Postbox, change, reason: str) -> None:
    webinar = make_webinar(starts_at=SOON)
    make_speaker(webinar)
    presenting.ask(webinar=webinar, now=timezone.now())
    Presenter.objects.update(**change)

    delivering.drain()

    assert (postbox.received, Notification.objects.get().reason) == ([], reason)


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_writes_once(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=9))
    make_speaker(webinar)

    at_once(lambda moment: presenting.ask(webinar=webinar, now=moment), [now] * 4)

    assert Notification.objects.count() == 1


def test_speakers_hear_of_moves_cancellations_and_returns(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, title="Liens")
    make_speaker(webinar)
    make_speaker(webinar, name="Bob", email="")
    later = {"starts_at": SOON + timedelta(days=1), "ends_at": SOON + timedelta(days=1, hours=1)}
    plan, now = details(webinar, **later), timezone.now()

    scheduling.change(webinar=webinar, details=plan, topics=[], reason="A holiday", now=now)
    delivering.drain()
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    delivering.drain()
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    scheduling.reinstate(webinar=webinar, reason="Sun", now=now)
    delivering.drain()

    assert [(one["To"], one["Subject"]) for one in postbox.received] == [
        ("ann@example.org", f"{word}: Liens") for word in ("New time", "Canceled", "On again")
    ]
    parts = [(part[0], part[1]["sequence"]) for part in map(calendar_of, postbox.received)]
    assert parts == [("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3)]
    told = zip(("A holiday", "Storm", "Sun"), postbox.received, strict=True)
    assert [reason in words_of(one) for reason, one in told] == [True] * 3


def test_who_is_taken_off_hears_nothing_more(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=9))
    make_speaker(webinar)
    presenting.ask(webinar=webinar, now=now)

    presenting.present(webinar=webinar, speakers=[], now=now)

    assert Notification.objects.get().reason == "the speaker was taken off"


def test_address_of_a_speaker_stands_on_no_public_page() -> None:
    webinar = make_webinar(starts_at=SOON)
    make_speaker(webinar)

    page = Client().get(webinar.get_absolute_url())

    assert BeautifulSoup(page.content, "html.parser").find(string="Ann") is not None
    assert "ann@example.org" not in page.content.decode()
