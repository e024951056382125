"""From draft to published: what is missing, now or later, taken back, and one like another."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.browsers import Client
from tests.factories import (
    make_registration,
    make_resource,
    make_topic,
    make_user,
    make_webinar,
)
from tests.threads import at_once
from tests.webinars.test_manage import LIST, SAID, address, errors_of
from tests.webinars.test_pages import SOON, said
from webinars import publishing, scheduling
from webinars.forms import PublishForm
from webinars.models import Webinar


def make_draft(**fields) -> Webinar:
    """Make a draft that lacks nothing but what is taken away."""
    whole = {"join_url": "https://meet.example.org/1", "access_information": "Captions."}
    times = {"state": "draft", "starts_at": SOON}
    webinar = make_webinar(topics=(make_topic(),), **times | whole | fields)
    webinar.presenters.create(name="Ann")
    return webinar


def test_whole_draft_is_published_by_one_press(organiser_client: Client) -> None:
    webinar = make_draft()

    page = organiser_client.post(address(webinar, "publish/"), {"when": "now"}, follow=True)

    assert "Published: people can see it and register." in said(page)
    assert Webinar.objects.get().state == "published"


def test_what_is_missing_is_said_with_a_link_to_mend_it(organiser_client: Client) -> None:
    webinar = make_webinar(state="draft", published_at=None, starts_at=SOON)

    pages = [organiser_client.get(address(webinar, word)) for word in ("", "publish/")]

    form, speakers = address(webinar, "edit/"), address(webinar, "speakers/")
    for page in pages:
        links = BeautifulSoup(page.content, "html.parser").select("main ul.plain a")
        assert [link["href"] for link in links] == [
            f"{form}#id_topics",
            speakers,
            f"{form}#id_join_url",
            f"{form}#id_access_information",
        ]


def test_links_to_mend_lead_to_fields_that_are_there(organiser_client: Client) -> None:
    form = BeautifulSoup(
        organiser_client.get(address(make_draft(), "edit/")).content, "html.parser"
    )

    names = ("topics", "held_on", "join_url", "access_information")
    assert [bool(form.select(f"#id_{name}")) for name in names] == [True] * 4


def test_publishing_with_something_missing_asks_first(organiser_client: Client) -> None:
    webinar = make_draft(join_url="")

    asked = organiser_client.post(address(webinar, "publish/"), {"when": "now"})
    state = Webinar.objects.get().state
    organiser_client.post(address(webinar, "publish/"), {"when": "now", "is_meant": "on"})

    assert errors_of(asked) == [
        "Publish it although something is missing: Mend what is missing, or say that it is meant."
    ]
    assert (state, Webinar.objects.get().state) == ("draft", "published")


def later(webinar: Webinar, before: timedelta) -> dict[str, str]:
    """Return the form that publishes so long before the start, in the webinar's zone."""
    assert webinar.starts_at
    at = (webinar.starts_at - before).astimezone(webinar.zone)
    return {"when": "later", "day": f"{at:%Y-%m-%d}", "clock": f"{at:%H:%M}"}


def test_clock_publishes_at_the_chosen_time_once(organiser_client: Client) -> None:
    webinar = make_draft()
    page = organiser_client.post(
        address(webinar, "publish/"), later(webinar, timedelta(days=1)), follow=True
    )
    due = SOON - timedelta(days=1)

    found = []
    for moment in (due - timedelta(seconds=1), due, due + timedelta(minutes=1)):
        publishing.publish_due(now=moment)
        webinar.refresh_from_db()
        found.append((webinar.state, webinar.published_at))

    assert "It will be published on" in said(page)
    assert found == [("draft", None), ("published", due), ("published", due)]


def test_chosen_time_is_taken_back(organiser_client: Client) -> None:
    webinar = make_draft()
    organiser_client.post(address(webinar, "publish/"), later(webinar, timedelta(days=1)))

    page = organiser_client.post(address(webinar, "publish/take-back/"), follow=True)
    publishing.publish_due(now=SOON - timedelta(hours=1))

    assert "it stays a draft until you publish it" in said(page)
    assert Webinar.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"day": ""}, "Date: Say on which day and at what time."),
        ({"clock": ""}, "Time: Say on which day and at what time."),
        ({"day": "2020-01-01"}, "Date: Choose a time between now and the webinar's start."),
        ({"day": "9999-12-31"}, "Date: Choose a time between now and the webinar's start."),
        ({"day": "2099-01-01"}, "Date: Choose a time between now and the webinar's start."),
    ],
)
def test_impossible_times_are_explained_and_kept(organiser_client, fields, error: str) -> None:
    webinar = make_draft()
    wanted = later(webinar, timedelta(days=1)) | fields

    page = organiser_client.post(address(webinar, "publish/"), wanted)

    shown = BeautifulSoup(page.content, "html.parser").select("#id_day")[0].get("value", "")
    assert (errors_of(page), shown) == ([error], wanted["day"])
    assert Webinar.objects.get().publish_at is None


def test_draft_that_moved_before_its_moment_stays_a_draft() -> None:
    webinar, now = make_draft(), datetime.now(UTC)
    publishing.publish_later(webinar=webinar, at=SOON - timedelta(days=1))
    start = now + timedelta(hours=1)
    Webinar.objects.update(starts_at=start, ends_at=start + timedelta(hours=1))

    publishing.publish_due(now=SOON)

    found = Webinar.objects.get()
    assert (found.state, found.publish_at) == ("draft", None)


def test_clock_that_stood_for_three_hours_publishes_what_has_not_begun(now, caplog) -> None:
    begun, coming = (make_draft(starts_at=now + timedelta(hours=hours)) for hours in (2, 4))
    for webinar in (begun, coming):
        publishing.publish_later(webinar=webinar, at=now + timedelta(minutes=1))

    for _ in range(2):
        publishing.publish_due(now=now + timedelta(hours=3))

    found = [Webinar.objects.get(pk=one.pk) for one in (begun, coming)]
    assert [(one.state, one.publish_at) for one in found] == [("draft", None), ("published", None)]
    [line] = [one.getMessage() for one in caplog.records if "came_too_late" in one.getMessage()]
    assert [words in line for words in (begun.slug, "give it another day")] == [True, True]


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("America/New_York", "2026-03-08", None),  # the clocks skip this time
        ("America/New_York", "2026-11-01", "2026-11-01T07:30"),
        ("America/Phoenix", "2026-03-08", "2026-03-08T09:30"),
        ("Pacific/Honolulu", "2026-11-01", "2026-11-01T12:30"),
        ("America/Puerto_Rico", "2026-03-08", "2026-03-08T06:30"),
    ],
)
def test_half_past_two_when_clocks_change(zone: str, day: str, instant: str | None) -> None:
    start = datetime(2026, 12, 1, 18, tzinfo=UTC)
    webinar = make_draft(starts_at=start, time_zone=zone)
    asked = {"when": "later", "day": day, "clock": "02:30"}

    form = PublishForm(asked, webinar=webinar, gaps=[], now=datetime(2026, 1, 1, tzinfo=UTC))

    wanted = datetime.fromisoformat(instant).replace(tzinfo=UTC) if instant else None
    assert form.is_valid() == (wanted is not None)
    assert form.cleaned_data.get("at") == wanted


def test_canceled_draft_is_not_published_by_the_clock(now: datetime) -> None:
    webinar = make_draft()
    publishing.publish_later(webinar=webinar, at=SOON - timedelta(days=1))

    scheduling.cancel(webinar=webinar, reason="No time", now=now)
    publishing.publish_due(now=SOON - timedelta(hours=1))

    assert Webinar.objects.get().state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_ticks_and_a_press_at_once_publish_once(now: datetime) -> None:
    webinar, at = make_draft(), SOON - timedelta(days=1)
    publishing.publish_later(webinar=webinar, at=at)

    moments = [at + timedelta(seconds=number) for number in range(5)]
    at_once(lambda moment: publishing.publish_due(now=moment), moments)
    published_at = Webinar.objects.get().published_at
    at_once(lambda moment: publishing.publish(webinar=webinar, now=moment), moments)

    assert published_at in moments
    assert Webinar.objects.get().published_at == published_at


def test_one_like_another_takes_all_but_dates_people_and_recording(
    organiser_client: Client,
) -> None:
    first = make_draft(state="published", partner="CLASP", capacity=40, summary="Short.")
    Webinar.objects.update(join_url="https://meet.example.org/first")
    make_registration(first, make_user())
    slides, film = make_resource(kind="slides"), make_resource(kind="recording")
    first.resources.set([slides, film])
    where = f"{LIST}new/?like={first.slug}"

    shown = BeautifulSoup(organiser_client.get(where).content, "html.parser")
    values = {one["name"]: one.get("value", "") for one in shown.select("main input[name]")}
    said_again = {name: SAID[name] for name in ("held_on", "start", "time_zone", "visibility")}
    organiser_client.post(where, values | said_again | {"minutes": "75", "summary": "Short."})

    second = Webinar.objects.exclude(pk=first.pk).get()
    names = ("held_on", "start", "capacity", "join_url")
    assert [values[name] for name in names] == ["", "", "40", ""]
    assert (second.title, second.state, second.partner) == (first.title, "draft", "CLASP")
    assert [one.name for one in second.presenters.all()] == ["Ann"]
    assert [*second.resources.all(), second.registrations.count()] == [slides, 0]
    assert (second.slug != first.slug, second.uid != first.uid) == (True, True)
