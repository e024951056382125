"""Recordings: the publish gate, who sees and searches them, the page, and the one message."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from accounts.models import User
from library.captions import Cue
from notifications import delivering
from notifications.models import Notification
from records import recording, transcripts
from records.models import Attendance, Recording
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_registration,
    make_topic,
    make_user,
    make_webinar,
)
from tests.postbox import Postbox
from webinars.models import Presenter, Webinar

START = datetime(2026, 9, 15, 18, 0, tzinfo=UTC)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8
CUES = [
    Cue(0, 3_000, "Welcome to the webinar.", "Ann"),
    Cue(754_000, 757_000, "A zebrafish lien is filed first.", "Bob"),
    Cue(900_000, 905_000, "Questions about garnishment."),
]


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def webinar() -> Webinar:
    """A public webinar that is over."""
    return make_webinar(slug="held", starts_at=START, title="Liens")


def put_up(webinar: Webinar, by: User, *, link: str = "", audience: str = "webinar") -> None:
    """Put a recording up with captions and consent, not yet out."""
    upload = None if link else SimpleUploadedFile("liens.mp4", MP4)
    recording.put(webinar=webinar, link=link, upload=upload, audience=audience)
    recording.caption(webinar=webinar, cues=CUES)
    recording.consent(webinar=webinar, by=by, now=NOW)


def bring_out(webinar: Webinar, by: User, **fields: Any) -> int:
    put_up(webinar, by, **fields)
    return recording.publish(webinar=webinar, now=NOW)


def page(client: Client, query: str = "") -> Any:
    answer = client.get(f"/webinars/held/recording/{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def status(client: Client, path: str) -> int:
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined] # closes the file
    return answer.status_code


def test_it_comes_out_with_video_captions_and_consent_only(webinar: Webinar, organiser: User):
    steps: list[Callable[[], object]] = [
        lambda: recording.caption(webinar=webinar, cues=CUES),
        lambda: recording.consent(webinar=webinar, by=organiser, now=NOW),
        lambda: recording.put(
            webinar=webinar, link="https://v.example/1", upload=None, audience="webinar"
        ),
    ]

    for step in steps:
        with pytest.raises(recording.NotReady):
            recording.publish(webinar=webinar, now=NOW)
        step()
    recording.publish(webinar=webinar, now=NOW)

    kept = Recording.objects.get()
    assert (kept.published_at, kept.consented_by, kept.missing()) == (NOW, organiser, [])


def speaker(webinar: Webinar, consent: str) -> Presenter:
    asked = None if consent == "not_asked" else NOW
    return Presenter.objects.create(
        webinar=webinar, name=f"Speaker {consent}", consent=consent, consent_at=asked
    )


@pytest.mark.parametrize(
    ("consents", "confirmed", "missing"),
    [
        ([], False, ["the consent of everybody who speaks"]),
        ([], True, []),
        (["given", "given"], False, []),
        (["given", "asked"], False, ["the consent of everybody who speaks"]),
        (["given", "not_asked"], True, []),
        (["given", "refused"], True, ["the consent of Speaker refused, who does not agree"]),
    ],
)
def test_every_presenter_agrees_and_none_is_overruled(
    webinar: Webinar, organiser: User, consents: list[str], confirmed: bool, missing: list[str]
):
    for one in consents:
        speaker(webinar, one)
    recording.put(webinar=webinar, link="https://v.example/1", upload=None, audience="webinar")
    recording.caption(webinar=webinar, cues=CUES)
    if confirmed:
        recording.consent(webinar=webinar, by=organiser, now=NOW)

    assert Recording.objects.get().missing() == missing


def test_it_comes_out_when_the_presenters_agreed_themselves(webinar: Webinar):
    speaker(webinar, "given")
    recording.put(webinar=webinar, link="https://v.example/1", upload=None, audience="webinar")
    recording.caption(webinar=webinar, cues=CUES)

    recording.publish(webinar=webinar, now=NOW)

    kept = Recording.objects.get()
    assert (kept.published_at, kept.consented_at, kept.consented_by) == (NOW, NOW, None)


def test_speaker_who_does_not_agree_any_more_takes_it_back_at_once(
    webinar: Webinar, organiser: User, client: Client
):
    one = speaker(webinar, "given")
    bring_out(webinar, organiser)

    before = client.get("/webinars/held/recording/").status_code
    Presenter.objects.filter(pk=one.pk).update(consent="refused")

    found = [client.get(f"/webinars/held/recording/{w}").status_code for w in ("", "video")]
    assert (before, found) == (200, [404, 404])
    assert "1 result" not in client.get("/library/?q=zebrafish").content.decode()


def test_the_gate_is_a_constraint(webinar: Webinar, organiser: User):
    put_up(webinar, organiser)

    with pytest.raises(IntegrityError, match="published_with_captions_and_consent"):
        Recording.objects.update(published_at=NOW, captions="")


def test_only_organisers_see_what_is_not_out(
    webinar: Webinar, organiser: User, client: Client, organiser_client: Client
):
    put_up(webinar, organiser)
    paths = [f"/webinars/held/recording/{word}" for word in ("", "video", "captions.vtt")]

    found = [[status(one, path) for path in paths] for one in (client, organiser_client)]

    assert found == [[404] * 3, [200] * 3]


@pytest.mark.parametrize(
    ("visibility", "audience", "seen"),
    [
        ("public", "webinar", (True, True, True, True)),
        ("public", "members", (False, False, True, True)),
        ("members", "webinar", (False, False, True, True)),
        ("community", "webinar", (False, False, False, True)),
    ],
)
def test_who_may_see_it_finds_it_in_the_library_and_nobody_else(
    organiser: User, visibility: str, audience: str, seen: tuple[bool, ...]
):
    agency = make_agency()
    is_closed = visibility == "community"
    closed: dict[str, Any] = {"community": make_community(agency)} if is_closed else {}
    webinar = make_webinar(slug="held", starts_at=START, visibility=visibility, **closed)
    bring_out(webinar, organiser, audience=audience)
    readers = (AnonymousUser(), make_user(), make_member(), make_member(agency))

    found = []
    for reader in readers:
        client = Client()
        if isinstance(reader, User):
            client.force_login(reader)
        library = client.get("/library/?q=zebrafish").content.decode()
        hits = client.get("/webinars/held/recording/?q=zebrafish").status_code
        found.append(("t=754" in library, "1 result" in library, hits == 200))

    assert found == [(one, one, one) for one in seen]


def test_what_was_said_counts_where_a_search_finds_not_all_words(
    webinar: Webinar, organiser: User, client: Client
):
    bring_out(webinar, organiser)

    shown = client.get("/library/?q=zebrafish+xylophone").content.decode()
    soup = BeautifulSoup(shown, "html.parser")

    assert [item.get_text(" ", strip=True) for item in soup.select(".empty li")] == [
        "zebrafish (1 result)"
    ]
    assert len(soup.select("#close-h ~ .ledger .h-entry")) == 1


def test_library_opens_the_second_that_was_found(webinar: Webinar, organiser: User, client: Client):
    bring_out(webinar, organiser)

    soup = BeautifulSoup(client.get("/library/?q=zebrafish").content, "html.parser")
    link = soup.select_one(".ledger__body p a")
    assert link is not None

    assert link["href"] == "/webinars/held/recording/?q=zebrafish&t=754#t=754"
    assert "Said at 12:34" in link.text
    video = page(client, "?q=zebrafish&t=754").select_one("video source")
    assert video["src"] == "/webinars/held/recording/video#t=754"


def test_page_finds_words_with_their_moment(webinar: Webinar, organiser: User, client: Client):
    bring_out(webinar, organiser)

    found = page(client, "?q=LIEN")

    assert [mark.text for mark in found.select("mark")] == ["lien"]
    assert [link["data-seek"] for link in found.select(".moments a")] == ["754", "0", "754", "900"]
    assert "1 place" in found.select("main")[0].text


@pytest.mark.parametrize("query", ["?t=x", "?t=-1", "?t=99999999999", "?t=9999", "?q=%00", "?t="])
def test_silly_moments_begin_at_the_beginning(
    webinar: Webinar, organiser: User, client: Client, query: str
):
    bring_out(webinar, organiser)

    assert page(client, query).select_one("source")["src"] == "/webinars/held/recording/video"


def test_video_is_served_in_parts(webinar: Webinar, organiser: User, client: Client):
    bring_out(webinar, organiser)

    part = client.get("/webinars/held/recording/video", headers={"Range": "bytes=4-7"})

    assert (part.status_code, part["Content-Type"]) == (206, "video/mp4")
    assert b"".join(part.streaming_content) == b"ftyp"  # type: ignore[attr-defined]
    assert "no-store" in part["Cache-Control"]


def test_link_is_labelled_as_leading_elsewhere(webinar: Webinar, organiser: User, client: Client):
    bring_out(webinar, organiser, link="https://video.example/1")

    found = page(client)

    assert "Open the recording (external site)" in found.text
    assert (found.select("video"), client.get("/webinars/held/recording/video").status_code) == (
        [],
        404,
    )


def test_search_engines_read_public_recordings_only(
    webinar: Webinar, organiser: User, client: Client, organiser_client: Client
):
    bring_out(webinar, organiser)
    recording.divide(webinar=webinar, chapters=[(0, "Welcome </script>"), (754, "Liens")])
    said = json.loads(page(client).select_one("script[type='application/ld+json']").string)
    recording.put(webinar=webinar, link="", upload=None, audience="members")

    assert (said["@context"], said["@type"]) == ("https://schema.org", "VideoObject")
    assert (said["name"], said["duration"]) == (webinar.title, "PT905S")
    assert datetime.fromisoformat(said["uploadDate"]).tzinfo is not None
    assert said["thumbnailUrl"].startswith(f"{settings.SITE_URL}/static/img/share.")
    assert said["contentUrl"].startswith(f"{settings.SITE_URL}/webinars/")
    assert [(one["startOffset"], one["endOffset"]) for one in said["hasPart"]] == [
        (0, 754),
        (754, 905),
    ]
    assert page(organiser_client).select("script[type='application/ld+json']") == []


@pytest.mark.parametrize(("state", "again"), [("sent", 0), ("pending", 2)])
def test_everybody_who_had_a_seat_or_came_is_told_once(
    webinar: Webinar, organiser: User, state: str, again: int
):
    seated, walked_in = make_user(email="s@example.org"), make_user(email="w@example.org")
    make_registration(webinar, seated)
    make_registration(webinar, state="cancelled", cancelled_at=NOW)
    Attendance.objects.create(webinar=webinar, person=walked_in, attended=True)
    Attendance.objects.create(webinar=webinar, person=seated, attended=True)

    told = [bring_out(webinar, organiser)]
    Notification.objects.update(state=state, context={}, sent_at=NOW if state == "sent" else None)
    recording.withdraw(webinar=webinar, now=NOW)
    told += [recording.publish(webinar=webinar, now=NOW + timedelta(hours=1)) for _ in range(2)]

    assert told == [2, again, 0]


def test_message_leads_to_the_page_and_only_who_may_see_it_gets_one(
    webinar: Webinar, organiser: User, postbox: Postbox
):
    now = datetime.now(UTC)
    noon = f"Etc/GMT{now.hour - 12:+d}"  # news wait for the reader's day
    make_registration(webinar, make_member(email="in@example.org", time_zone=noon))
    make_registration(webinar, make_user(email="out@example.org", time_zone=noon))
    put_up(webinar, organiser, audience="members")
    recording.publish(webinar=webinar, now=now)

    delivering.drain()

    states = dict(Notification.objects.values_list("recipient__email", "state"))
    assert states == {"in@example.org": "sent", "out@example.org": "cancelled"}
    [message] = postbox.received
    assert message["Subject"] == "The recording is out: Liens"
    assert "/webinars/held/recording/" in str(message)


def test_two_second_parts_make_a_transcript_to_read():
    cues = [Cue(n * 2_000, n * 2_000 + 1_900, f"Sentence number {n} ends here.") for n in range(12)]

    parts = transcripts.of_captions(cues)

    assert [part.starts for part in parts] == [0, 12]
    assert " ".join(part.text for part in parts) == " ".join(cue.text for cue in cues)


def test_written_transcript_takes_the_place_of_the_captions_words(
    webinar: Webinar, organiser: User
):
    put_up(webinar, organiser)

    recording.transcribe(webinar=webinar, text="First part.\n\nSecond\nline.\r\n\r\n" + "w " * 1500)
    written = list(Recording.objects.get().segments.order_by("position").values_list("starts"))
    recording.transcribe(webinar=webinar, text=" ")

    assert written == [(None,)] * 4
    assert Recording.objects.get().segments.count() == 3


def post(client: Client, word: str, given: dict[str, Any]) -> str:
    answer = client.post(f"/manage/webinars/held/recording/{word}/", given, follow=True)
    return answer.content.decode()


def test_organiser_puts_a_recording_up_step_by_step(
    webinar: Webinar, organiser_client: Client, client: Client
):
    srt = SimpleUploadedFile("c.srt", b"1\n00:00:00,000 --> 00:00:02,000\nHello there\n")
    bad = SimpleUploadedFile("c.vtt", b"WEBVTT\n\n00:00 --> 00:02\nHello\n")
    wrong = SimpleUploadedFile("a.mp4", b"GIF89a")

    assert "cannot be read as a .mp4 file" in post(
        organiser_client, "video", {"file": wrong, "audience": "webinar"}
    )
    video = {"file": SimpleUploadedFile("a.mp4", MP4), "audience": "webinar"}
    post(organiser_client, "video", video)
    assert "Line 3: The time is not written" in post(
        organiser_client, "captions", {"captions": bad}
    )
    post(organiser_client, "captions", {"captions": srt})
    assert "Line 2: write a time" in post(
        organiser_client, "chapters", {"chapters": "00:00 Welcome\nLater"}
    )
    post(organiser_client, "chapters", {"chapters": "00:00 Welcome\n1:02:03 - Later"})
    assert "It cannot come out yet" in post(organiser_client, "publish", {})
    post(organiser_client, "publish", {"consent": "1"})
    assert "The recording is out." in post(organiser_client, "publish", {})
    assert Recording.objects.get().chapters == [[0, "Welcome"], [3723, "Later"]]
    assert page(client).select_one("track") is not None


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    webinar: Webinar, organiser: User, client: Client, count: int, django_assert_num_queries
):
    bring_out(webinar, organiser)
    cues = [Cue(n * 60_000, n * 60_000 + 5, f"lien {n}") for n in range(count)]
    recording.caption(webinar=webinar, cues=cues)
    for _ in range(count - 1):
        bring_out(make_webinar(starts_at=START, topics=(make_topic(),)), organiser)

    with django_assert_num_queries(4):
        client.get("/webinars/held/recording/?q=lien&t=1")
    with django_assert_num_queries(6):
        client.get("/library/?q=lien&page=1&agency=&year=")
