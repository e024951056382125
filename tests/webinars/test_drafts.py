"""A webinar that was never announced: nobody learns of it, and it is deleted with all it has."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import TestCase

from accounts.models import User
from library.models import Resource
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_resource, make_session, make_webinar
from tests.threads import at_once
from tests.webinars.test_manage import address
from tests.webinars.test_pages import SOON, said
from webinars import drafts, mailing, presenting, publishing, registration, scheduling
from webinars.models import Mailing, Webinar


def make_draft(**fields: Any) -> Webinar:
    """Make a draft that could be published."""
    given: dict[str, Any] = {"state": "draft", "starts_at": SOON} | fields
    return make_webinar(**given)


def prepared(webinar: Webinar, title: str, **fields: Any) -> Resource:
    """Hang a file on the webinar."""
    file = ContentFile(b"%PDF-", name="slides.pdf")
    resource = make_resource(title=title, link="", file=file, **fields)
    webinar.resources.add(resource)
    return resource


def delete(webinar: Webinar, now: datetime) -> None:
    """Delete it to the end: what is left for after the commit as well."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        drafts.delete(webinar=webinar, now=now)


@pytest.mark.parametrize(
    ("fields", "is_allowed"),
    [
        ({"state": "draft", "published_at": None}, True),
        ({"state": "draft", "published_at": SOON}, False),
        ({"state": "published", "published_at": SOON}, True),
        ({"state": "published", "published_at": None}, False),
        ({"state": "cancelled", "cancelled_at": SOON, "published_at": SOON}, True),
        ({"state": "cancelled", "cancelled_at": SOON, "published_at": None}, True),
    ],
)
@pytest.mark.parametrize("make", [make_webinar, make_session])
def test_state_and_announcement_go_together(
    make: Any, fields: dict[str, Any], is_allowed: bool
) -> None:
    try:
        with transaction.atomic():
            make(**fields)
    except IntegrityError:
        assert not is_allowed
    else:
        assert is_allowed


def test_draft_goes_with_all_that_was_prepared_for_it(now: datetime) -> None:
    webinar, other = make_draft(), make_draft()
    webinar.presenters.create(name="Ann", email="ann@example.org")
    presenting.ask(webinar=webinar, now=now)
    webinar.mailings.create(audience="seated", subject="A", text="B")
    own = prepared(webinar, "Own", is_unannounced=True)
    shared = prepared(webinar, "Shared", is_unannounced=True)
    other.resources.add(shared)
    prepared(webinar, "Of the library")
    before = Notification.objects.values_list("state", "reason").get()

    for _ in range(2):
        delete(webinar, now)

    owed = Notification.objects.values_list("state", "reason").get()
    assert (before, owed) == (("pending", ""), ("cancelled", "the draft was deleted"))
    assert (list(Webinar.objects.all()), Mailing.objects.count()) == ([other], 0)
    assert {*Resource.objects.values_list("title", flat=True)} == {"Shared", "Of the library"}
    assert [default_storage.exists(str(one.file)) for one in (own, shared)] == [False, True]


def test_page_says_what_goes_and_deletes(organiser_client: Client, now: datetime) -> None:
    webinar = make_draft(title="Liens")
    webinar.presenters.create(name="Ann", email="ann@example.org")
    presenting.ask(webinar=webinar, now=now)
    prepared(webinar, "Slides for it", is_unannounced=True)
    prepared(webinar, "Toolkit of all")
    where = address(webinar, "delete/")

    asked = said(organiser_client.get(where))
    done = organiser_client.post(where, follow=True)

    goes, stays = asked.split("What stays in the library")
    assert ("1 speaker was asked by e-mail" in goes, "Slides for it" in goes) == (True, True)
    assert ("Toolkit of all" in stays, "Slides for it" in stays) == (True, False)
    assert "“Liens” is deleted. Nobody is told." in said(done)
    assert [
        organiser_client.get(address(webinar, word)).status_code for word in ("", "delete/")
    ] == [
        404,
        404,
    ]


@pytest.mark.parametrize("end", ["announced", "called off"])
def test_what_was_announced_is_not_deleted(organiser_client, now: datetime, end: str) -> None:
    webinar = make_webinar(starts_at=SOON)
    if end == "called off":
        scheduling.cancel(webinar=webinar, reason="No time", now=now)

    page = organiser_client.post(address(webinar, "delete/"), follow=True)

    assert "It was published. Cancel it instead" in said(page)
    assert Webinar.objects.count() == 1


def test_draft_that_was_called_off_can_be_deleted(now: datetime) -> None:
    webinar = make_draft()
    scheduling.cancel(webinar=webinar, reason="No time", now=now)

    delete(webinar, now)

    assert Webinar.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_publishing_and_deleting_at_once_does_one_of_them(now: datetime) -> None:
    """Whoever comes second is refused, whichever it is."""

    def act(name: str) -> None:
        if name == "publish":
            publishing.publish(webinar=webinar, now=now)
        else:
            drafts.delete(webinar=webinar, now=now)

    for _ in range(5):
        webinar = make_draft()
        published, deleted = at_once(act, ["publish", "delete"])

        left = Webinar.objects.filter(pk=webinar.pk).first()
        if left is None:
            assert (type(published), deleted) == (Webinar.DoesNotExist, None)
        else:
            assert (published, type(deleted)) == (None, drafts.WasAnnounced)
            assert left.published_at == now


def test_who_acts_on_what_was_deleted_meanwhile_finds_nothing(
    organiser_client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is deleted after the page has found it and before the change holds its row."""
    webinar = make_draft(join_url="https://meet.example.org/1")
    hold = registration.hold

    def too_late(found: Webinar) -> Webinar:
        drafts.delete(webinar=found, now=now)
        return hold(found)

    monkeypatch.setattr(registration, "hold", too_late)
    page = organiser_client.post(address(webinar, "cancel/"), {"reason": "No time"})

    assert page.status_code == 404


def test_what_is_added_for_a_draft_is_shown_once_it_is_announced(
    organiser_client: Client, now: datetime
) -> None:
    webinar = make_draft()
    form = {"title": "Slides", "kind": "slides", "link": "https://example.org/1"}
    address_of_form = f"/manage/resources/new/?for=webinar:{webinar.slug}"
    uid = organiser_client.get(address_of_form).context["form"]["uid"].value()
    organiser_client.post(address_of_form, form | {"visibility": "public", "uid": uid})
    given = Resource.objects.get()

    seen = [Client().get(given.get_absolute_url()).status_code]
    publishing.publish(webinar=webinar, now=now)
    seen.append(Client().get(given.get_absolute_url()).status_code)

    assert (list(webinar.resources.all()), seen) == ([given], [404, 302])


@pytest.mark.parametrize("what", ["attach", "detach"])
def test_what_waited_for_a_draft_is_shown_by_other_ways(what: str) -> None:
    draft, announced = make_draft(), make_webinar(starts_at=SOON)
    given = prepared(draft, "Slides", is_unannounced=True)

    if what == "attach":
        scheduling.attach(webinar=announced, resource=given)
    else:
        scheduling.detach(webinar=draft, resource=given)

    given.refresh_from_db()
    assert given.is_unannounced is False


def test_clock_asks_speakers_of_announced_webinars_alone(now: datetime) -> None:
    soon = now + timedelta(days=3)
    for webinar in (make_draft(starts_at=soon), make_webinar(starts_at=soon)):
        webinar.presenters.create(name="Ann", email=f"{webinar.state}@example.org")

    presenting.queue_due(now=now)

    assert {*Notification.objects.values_list("address", flat=True)} == {"published@example.org"}


def test_draft_message_is_deleted_and_a_sent_one_stays(
    organiser_client: Client, organiser: User, now: datetime
) -> None:
    webinar = make_webinar(starts_at=SOON)
    draft, sent = (
        webinar.mailings.create(audience="seated", subject=word, text="B") for word in "AB"
    )
    Mailing.objects.filter(pk=sent.pk).update(queued_at=now, due_at=now)

    for one in (draft, sent):
        organiser_client.post(f"{one.get_absolute_url()}delete/")
    page = said(organiser_client.get(f"/manage/webinars/{webinar.slug}/messages/"))

    assert "“A” is deleted. Nobody got it." in page
    assert "what was sent stays on record" in page
    assert list(Mailing.objects.all()) == [sent]
    with pytest.raises(mailing.IsSent):
        mailing.delete(mailing=sent, now=now)
