"""The organisers' pages about webinars."""

from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from events.slugs import free_slug
from notifications.models import Notification
from records import recording
from records.models import Attendance, Recording
from tests.browsers import Client
from tests.factories import (
    make_community,
    make_registration,
    make_topic,
    make_user,
    make_webinar,
)
from tests.threads import at_once
from tests.webinars.test_messages import details
from tests.webinars.test_pages import SOON, said
from webinars import scheduling
from webinars.models import Webinar

LIST = "/manage/webinars/"
SAID: dict[str, Any] = {
    "title": "Wage bonds",
    "held_on": "2027-06-10",
    "start": "13:00",
    "minutes": "75",
    "time_zone": "America/New_York",
    "visibility": "public",
}

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
NOW_ANYHOW = {"when": "now", "is_meant": "on"}


def plan(client: Client, **said_otherwise: Any) -> Any:
    """Send the form for a new webinar and return the page that follows."""
    return client.post(f"{LIST}new/", SAID | said_otherwise, follow=True)


def address(webinar: Webinar, word: str = "") -> str:
    """Return the address of one of the webinar's pages for organisers."""
    return f"{LIST}{webinar.slug}/{word}"


def form_of(client: Client, webinar: Webinar) -> dict[str, Any]:
    """Return what the webinar's form shows, ready to be sent again."""
    return fields_of(client.get(address(webinar, "edit/")))


def fields_of(response: Any) -> dict[str, Any]:
    """Return what a page's form shows, ready to be sent again by its first button."""
    page = BeautifulSoup(response.content, "html.parser")
    shown: dict[str, Any] = {}
    for one in page.select("main form [name]:not([name=back], [name=csrfmiddlewaretoken])"):
        if one.name == "select":
            chosen = one.select("[selected]") or one.select("option")
            shown[str(one["name"])] = chosen[0]["value"]
        elif one.name == "textarea":
            shown[str(one["name"])] = one.get_text().strip()
        elif one.get("type") != "checkbox" or one.has_attr("checked"):
            plain = "on" if one.get("type") == "checkbox" else ""
            shown[str(one["name"])] = one.get("value", plain)
    return shown


def errors_of(response: Any) -> list[str]:
    """Return what the error summary says."""
    page = BeautifulSoup(response.content, "html.parser")
    return [" ".join(one.get_text().split()) for one in page.select(".error-summary li")]


def test_planned_webinar_is_a_draft_that_publishing_shows(organiser_client: Client) -> None:
    topic, community = make_topic(), make_community()
    closed = {"visibility": "community", "community": community.pk, "topics": topic.pk}

    page = plan(organiser_client, capacity="40", partner="CLASP", **closed)
    webinar = Webinar.objects.get()
    published = organiser_client.post(address(webinar, "publish/"), NOW_ANYHOW, follow=True)

    assert "The draft is saved." in said(page)
    assert "Published: people can see it and register." in said(published)
    assert [webinar.starts_at, webinar.capacity, webinar.partner, webinar.community] == [
        datetime(2027, 6, 10, 17, 0, tzinfo=UTC),
        40,
        "CLASP",
        community,
    ]
    assert list(webinar.topics.all()) == [topic]


def test_second_click_makes_no_second_draft(organiser_client: Client) -> None:
    shown = [fields_of(organiser_client.get(f"{LIST}new/"))["uid"] for _ in range(2)]

    pages = [plan(organiser_client, uid=uid) for uid in (shown[0], *shown)]

    first, second = Webinar.objects.order_by("pk")
    chains = [page.redirect_chain for page in pages]
    assert chains == [[(address(one), 302)] for one in (first, first, second)]


def plan_it(uid: UUID, by: User) -> Webinar:
    """Plan a webinar that says the same each time."""
    said_of_it = details(Webinar(), title="New", held_on=SOON.date())
    return scheduling.plan(uid=uid, details=said_of_it, topics=[], by=by)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_draft(organiser: User) -> None:
    uid = uuid4()

    drafts = at_once(lambda _: plan_it(uid, organiser), range(4))

    assert drafts == [Webinar.objects.get()] * 4


@pytest.mark.django_db(transaction=True)
def test_two_clicks_without_the_lock_both_plan(organiser: User, monkeypatch) -> None:
    """The control of the test above: two people do not wait for each other."""
    uid, both_have_looked = uuid4(), Barrier(2)

    def looking(*args: Any) -> str:
        both_have_looked.wait(30)
        return free_slug(*args)

    monkeypatch.setattr("webinars.scheduling.free_slug", looking)

    drafts = at_once(lambda by: plan_it(uid, by), [organiser, make_user()])

    assert sorted(type(one).__name__ for one in drafts) == ["IntegrityError", "Webinar"]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"title": "x" * 10_000}, ["Title: Ensure this value has at most 200 characters (it has"]),
        ({"title": "Bcc: a\r\nb"}, ["Title: Write it on one line."]),
        ({"title": ""}, ["Title: This field is required."]),
        ({"minutes": "-60"}, ["Length in minutes: Ensure this value is greater than or equal"]),
        ({"held_on": "2027-02-30"}, ["Date: Enter a valid date."]),
        ({"held_on": "2027-03-14", "start": "02:30"}, ["Starts at: The clocks skip this time"]),
        ({"held_on": "2017-03-01"}, ["Yes, it is in the past: This time is in the past."]),
        ({"visibility": "community"}, ["Community: Choose the community that it is for."]),
        ({"capacity": "0"}, ["Seats: Ensure this value is greater than or equal to 1."]),
        ({"join_url": "javascript:alert(1)"}, ["Join link: Enter a valid URL."]),
        ({"topics": "999"}, ["Topics: Select a valid choice."]),
    ],
)
def test_bad_input_is_explained_and_kept(organiser_client: Client, fields, errors) -> None:
    page = plan(organiser_client, summary="What I typed", **fields)

    assert [
        found[: len(wanted)] for found, wanted in zip(errors_of(page), errors, strict=True)
    ] == (errors)
    assert "What I typed" in page.content.decode()
    assert Webinar.objects.count() == 0


@pytest.mark.parametrize("start", ["13:00", ""])
def test_what_was_held_goes_on_record_in_silence(organiser_client: Client, start: str) -> None:
    held = {"held_on": "2019-03-01", "start": start}
    asked = plan(organiser_client, **held)
    plan(organiser_client, **held, is_past_meant="on")
    webinar = Webinar.objects.get()
    Attendance.objects.create(webinar=webinar, person=make_user(), attended=True)

    page = organiser_client.post(address(webinar, "publish/"), {"is_meant": "on"}, follow=True)
    whole = {"link": "https://v.example.org/1", "captions": CAPTIONS, "consented_at": SOON}
    Recording.objects.create(webinar=webinar, **whole)
    recording.publish(webinar=webinar, now=datetime.now(UTC))

    kept = Webinar.objects.get()
    assert errors_of(asked)[0].endswith("Change it, or say that it is right.")
    assert "It is on record now. Nobody is told of it." in said(page)
    assert (kept.stage(datetime.now(UTC)), bool(kept.starts_at)) == ("past", bool(start))
    assert Notification.objects.count() == 0
    assert errors_of(organiser_client.post(address(webinar, "edit/"), SAID | held)) == []


def test_hours_are_left_out_of_the_past_only(organiser_client: Client) -> None:
    page = plan(organiser_client, start="")

    assert page.context["form"].errors == {"start": ["This field is required."]}


def test_time_that_comes_twice_is_the_first_and_said_so(organiser_client: Client) -> None:
    page = plan(organiser_client, held_on="2027-11-07", start="01:30")

    assert "this time comes twice: the first is meant" in said(page)
    assert Webinar.objects.get().starts_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


def test_mending_a_word_of_2017_invents_no_hours(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=None, title="Colections")
    shown = form_of(organiser_client, webinar)

    organiser_client.post(address(webinar, "edit/"), shown | {"title": "Collections"})

    webinar.refresh_from_db()
    assert (webinar.title, webinar.starts_at, webinar.time_zone) == ("Collections", None, "")


def test_day_to_come_needs_its_hour_also_where_2017_had_none(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=None)
    shown = form_of(organiser_client, webinar) | {"held_on": "2031-05-05", "is_past_meant": "on"}

    page = organiser_client.post(address(webinar, "edit/"), shown)

    assert page.context["form"].errors == {"start": ["This field is required."]}


def test_form_sent_as_it_is_shown_changes_nothing(organiser_client: Client) -> None:
    webinar = make_webinar(topics=(make_topic(),), starts_at=SOON, partner="CLASP", summary="Short")
    make_registration(webinar)
    before: dict[str, Any] = dict(Webinar.objects.values().get())

    organiser_client.post(address(webinar, "edit/"), form_of(organiser_client, webinar))

    after: dict[str, Any] = dict(Webinar.objects.values().get())
    assert {name for name in before if before[name] != after[name]} == {"changed_at"}
    assert (webinar.topics.count(), Notification.objects.count()) == (1, 0)


def test_moving_says_how_many_are_told(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    for state in ("registered", "waitlisted", "cancelled"):
        cancelled_at = SOON if state == "cancelled" else None
        make_registration(webinar, state=state, cancelled_at=cancelled_at)
    moved = form_of(organiser_client, webinar) | {"start": "09:00", "reason": "A holiday"}

    asked = organiser_client.post(address(webinar, "edit/"), moved)
    page = organiser_client.post(address(webinar, "edit/"), fields_of(asked), follow=True)

    assert "Saved. 2 people who have a place are told by e-mail." in said(page)
    assert Notification.objects.filter(kind="webinars/moved").count() == 2


def test_colleague_is_not_written_over_unasked(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON, title="Mine")
    mine = form_of(organiser_client, webinar) | {"title": "Mine, later"}
    hers = mine | {"title": "Hers"}
    organiser_client.post(address(webinar, "edit/"), hers)

    warned = organiser_client.post(address(webinar, "edit/"), mine)
    seen = BeautifulSoup(warned.content, "html.parser").select("[name=seen]")[0]["value"]

    assert errors_of(warned)[0].startswith("A colleague has saved this webinar")
    assert Webinar.objects.get().title == "Hers"
    organiser_client.post(address(webinar, "edit/"), mine | {"seen": seen})
    assert Webinar.objects.get().title == "Mine, later"


def test_nonsense_in_the_hidden_field_is_no_fault(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)

    nonsense = form_of(organiser_client, webinar) | {"seen": "yesterday", "title": "Wage bonds"}
    organiser_client.post(address(webinar, "edit/"), nonsense)

    assert Webinar.objects.get().title == "Wage bonds"


def test_canceling_asks_first_and_says_how_many_are_told(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    for _ in range(2):
        make_registration(webinar)

    asked = organiser_client.get(address(webinar, "cancel/"))
    empty = organiser_client.post(address(webinar, "cancel/"), {"reason": " "})
    done = organiser_client.post(address(webinar, "cancel/"), {"reason": "Storm"}, follow=True)

    assert "2 people are told by e-mail, at once." in said(asked)
    assert errors_of(empty) == ["Reason: This field is required."]
    assert "The webinar is canceled. 2 people who have a place are told" in said(done)
    assert Notification.objects.filter(kind="webinars/cancelled").count() == 2


def test_canceled_webinar_does_not_change_and_is_canceled_once(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON, state="cancelled", cancelled_at=SOON)

    changed = organiser_client.post(address(webinar, "edit/"), SAID, follow=True)
    again = organiser_client.post(address(webinar, "cancel/"), {"reason": "Storm"}, follow=True)
    publish = organiser_client.post(address(webinar, "publish/"), NOW_ANYHOW, follow=True)

    assert "A canceled webinar does not change any more." in said(changed)
    assert "The webinar is canceled." in said(again)
    assert "It has changed meanwhile: nothing was published." in said(publish)
    assert Notification.objects.count() == 0


def test_what_has_taken_place_is_not_called_off(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON - timedelta(days=30))

    page = organiser_client.post(address(webinar, "cancel/"), {"reason": "Storm"}, follow=True)

    assert "it is not called off" in said(page)
    assert Webinar.objects.get().state == "published"


def test_draft_is_called_off_in_silence(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON, state="draft")
    make_registration(webinar)

    asked = organiser_client.get(address(webinar, "cancel/"))
    organiser_client.post(address(webinar, "cancel/"), {"reason": "No time"})
    after = organiser_client.get(webinar.get_absolute_url())

    assert "Only organizers read it." in said(asked)
    assert "Everybody who ha" not in said(asked) + said(after)
    assert (Webinar.objects.get().state, Notification.objects.count()) == ("cancelled", 0)


@pytest.mark.parametrize(
    ("person", "status"), [(None, 302), ("participant", 403), ("coordinator", 403)]
)
@pytest.mark.parametrize(
    "word",
    ["", "edit/", "cancel/", "speakers/", "materials/", "deliveries/", "registrations.csv"],
)
def test_console_is_for_organisers(request, word: str, person: str | None, status: int) -> None:
    client = Client()
    if person:
        client.force_login(request.getfixturevalue(person))

    assert client.get(address(make_webinar(), word)).status_code == status


def test_list_finds_by_title_and_state(organiser_client: Client) -> None:
    make_webinar(title="Liens", state="draft")
    make_webinar(title="Bonds")

    page = organiser_client.get(f"{LIST}?q=lien&state=draft")

    assert [webinar.title for webinar in page.context["page"]] == ["Liens"]
