"""Organisers write the texts of messages: versions, restoring, and what cannot be saved."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications import delivering, editing, wordings
from notifications.models import WordingVersion
from notifications.placeholders import Wording, problems
from tests.browsers import Client
from tests.factories import NOW, make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_manage import errors_of
from tests.webinars.test_pages import said
from webinars import registration, reminders

PAGE = "/manage/texts/webinar-reminder-hour/"
TEXT = "Soon, {{ person.name }}!\n\n[Join]({{ join_link }})"


def save(by: User, occasion: str = "webinar-reminder-hour", **fields: str) -> WordingVersion:
    """Save the next version."""
    said = {"subject": "Soon: {{ webinar.title }}", "text": TEXT} | fields
    seen = WordingVersion.objects.filter(occasion=occasion).count()
    wording = Wording(**said)
    return editing.save(
        occasion=occasion, language="en", wording=wording, seen=seen, by=by, now=NOW
    )


@pytest.mark.parametrize("occasion", wordings.occasions(), ids=lambda one: one.name)
def test_what_organisers_begin_from_could_be_saved(occasion: wordings.Occasion) -> None:
    found = problems(occasion.start.text, occasion.known, occasion.needed)

    assert found + problems(occasion.start.subject, occasion.known) == []


def test_messages_say_what_was_saved_and_then_what_is_built_in(
    organiser: User, postbox: Postbox
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=50)
    subjects = []

    for wording in (Wording("Soon: {{ webinar.title }}", TEXT), None):
        seen = WordingVersion.objects.count()
        said = {"occasion": "webinar-reminder-hour", "language": "en", "wording": wording}
        editing.save(**said, seen=seen, by=organiser, now=NOW)  # type: ignore[arg-type]
        webinar = make_webinar(starts_at=soon, title="Liens", join_url="https://x.example.org")
        make_registration(webinar, make_user(name="Ann"))
        reminders.queue_due(now=datetime.now(UTC))
        delivering.drain()
        subjects.append(postbox.received[-1]["Subject"])

    first = postbox.received[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert subjects[0] == "Soon: Liens"
    assert subjects[1] != "Soon: Liens"
    assert " ".join(first.split()).startswith("Soon, Ann! Join: http://127.0.0.1:8000/")


def test_own_receipt_keeps_the_calendar_entry(organiser: User, postbox: Postbox) -> None:
    start = wordings.get("webinar-receipt").start
    save(organiser, "webinar-receipt", subject="In!", text=start.text)
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(days=30))
    registration.register(webinar=webinar, person=make_user(), now=datetime.now(UTC))

    delivering.drain()

    [message] = postbox.received
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    said = ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert (message["Subject"], kinds) == ("In!", said)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{ join_link", "Line 1: “{{” opens a placeholder that no “}}” closes."),
        ("{{ password }} {{ join_link }}", "There is no placeholder {{ password }}."),
        ("Soon", "{{ join_link }} is missing: people need it in this message."),
    ],
)
def test_broken_text_is_not_saved_and_not_lost(
    text: str, error: str, organiser_client: Client
) -> None:
    page = organiser_client.post(PAGE, {"subject": "Mine", "text": text, "seen": "0"})
    sample = organiser_client.post(f"{PAGE}sample/", {"subject": "Mine", "text": text})

    [shown] = BeautifulSoup(page.content, "html.parser").select("textarea")
    assert error in errors_of(page)[0]
    assert (
        error.split(":", maxsplit=1)[0] in BeautifulSoup(sample.content, "html.parser").get_text()
    )
    assert shown.get_text().strip() == text
    assert WordingVersion.objects.count() == 0


def test_versions_are_kept_and_restored(organiser: User, organiser_client: Client) -> None:
    save(organiser, text=f"First. {TEXT}")
    save(organiser, text=f"Second. {TEXT}")

    organiser_client.post(f"{PAGE}restore/", {"number": "1", "seen": "2"})
    restored = wordings.in_use()["webinar-reminder-hour", "en"]
    organiser_client.post(f"{PAGE}restore/", {"seen": "3"})

    assert restored.text == f"First. {TEXT}"
    assert wordings.in_use() == {}
    assert "Version 4" in said(organiser_client.get(PAGE))


def test_nobody_overwrites_a_colleague_unseen(organiser: User, organiser_client: Client) -> None:
    save(organiser)
    mine = {"subject": "Mine", "text": TEXT}

    page = organiser_client.post(PAGE, mine | {"seen": "0"})
    late = organiser_client.post(f"{PAGE}restore/", {"seen": "0"}, follow=True)
    organiser_client.post(PAGE, mine | {"seen": "1"})

    assert "A colleague has saved this text since you opened it" in errors_of(page)[0]
    assert 'value="1"' in page.content.decode()
    assert "Nothing was changed: a colleague has saved meanwhile." in said(late)
    assert list(WordingVersion.objects.order_by("number").values_list("subject", flat=True)) == [
        "Soon: {{ webinar.title }}",
        "Mine",
    ]


def test_page_says_what_thanks_may_not_claim(organiser_client: Client) -> None:
    pages = [
        organiser_client.get(f"/manage/texts/{name}/").content.decode()
        for name in ("webinar-thanks", "webinar-receipt")
    ]

    assert ["Do not thank for coming." in page for page in pages] == [True, False]


def test_sample_shows_examples(organiser_client: Client) -> None:
    typed = {"subject": "A", "text": "Hi {{ person.name }} <script> {{ join_link }}"}

    shown = [organiser_client.get(f"{PAGE}sample/"), organiser_client.post(f"{PAGE}sample/", typed)]

    assert "Join the webinar" in shown[0].content.decode()
    assert "Hi Pat Doe &lt;script&gt;" in shown[1].content.decode()
    assert "script-src" not in shown[1]["Content-Security-Policy"]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_many_versions_as_for_one(
    number: int,
    organiser: User,
    organiser_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        save(organiser)

    for path in ("/manage/texts/", PAGE):
        with django_assert_num_queries(3):
            organiser_client.get(path)
