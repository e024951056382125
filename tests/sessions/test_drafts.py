"""A session that was never announced: who runs it deletes it with all it has."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import TestCase

from library.models import Resource
from notifications.models import Notification
from sessions import drafts, scheduling
from sessions.models import AgendaItem, PracticeSession
from tests.factories import make_resource, make_session
from tests.sessions.conftest import Circle, browser_of
from tests.threads import at_once
from tests.webinars.test_pages import SOON, said


def make_draft(circle: Circle, **fields: Any) -> PracticeSession:
    """Make a draft of the community that could be published."""
    return make_session(circle.community, **{"state": "draft", "starts_at": SOON} | fields)


def test_facilitator_deletes_a_draft_with_its_agenda_and_files(circle: Circle) -> None:
    session = make_draft(circle, title="Liens")
    session.agenda.create(title="Welcome")
    closed = {"visibility": "community", "community": circle.community}
    file = ContentFile(b"%PDF-", name="notes.pdf")
    own = make_resource(title="Own", link="", file=file, is_unannounced=True, **closed)
    kept = make_resource(title="Kept", **closed)
    session.resources.set([own, kept])
    client, where = browser_of(circle.facilitator), f"/manage/sessions/{session.slug}/delete/"

    asked = said(client.get(where))
    with TestCase.captureOnCommitCallbacks(execute=True):
        done = client.post(where, follow=True)

    goes, stays = asked.split("What stays in the library")
    assert ("Agenda of 1 part" in goes, "Own" in goes, "Kept" in stays) == (True, True, True)
    assert "“Liens” is deleted. Nobody is told." in said(done)
    assert (PracticeSession.objects.count(), AgendaItem.objects.count()) == (0, 0)
    assert (list(Resource.objects.all()), default_storage.exists(str(own.file))) == ([kept], False)
    assert (client.get(where).status_code, Notification.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("name", "status"), [("stranger", 404), ("member", 403), ("facilitator", 302)]
)
def test_others_delete_nothing(circle: Circle, name: str, status: int) -> None:
    session = make_draft(circle)

    page = browser_of(getattr(circle, name)).post(f"/manage/sessions/{session.slug}/delete/")

    assert page.status_code == status
    assert PracticeSession.objects.exists() == (status != 302)


@pytest.mark.parametrize("end", ["announced", "called off"])
def test_what_was_announced_is_not_deleted(circle: Circle, now: datetime, end: str) -> None:
    session = make_session(circle.community, starts_at=SOON)
    if end == "called off":
        scheduling.cancel(session=session, reason="No time", now=now)

    page = browser_of(circle.facilitator).post(
        f"/manage/sessions/{session.slug}/delete/", follow=True
    )

    assert "It was published. Cancel it instead" in said(page)
    assert PracticeSession.objects.count() == 1


def test_draft_is_called_off_in_silence(circle: Circle, now: datetime) -> None:
    session, client = make_draft(circle), browser_of(circle.facilitator)
    address = f"/manage/sessions/{session.slug}/"

    asked, bare = client.get(f"{address}cancel/"), client.post(f"{address}cancel/")
    page = client.post(f"{address}cancel/", {"reason": "No time"}, follow=True)

    assert "Only who runs the session reads it." in said(asked)
    assert "It was never published: nobody is told." in said(bare)
    assert "Canceled. Nobody is told." in said(page)
    assert "Everybody who is asked" not in said(asked) + said(bare) + said(page)
    assert Notification.objects.count() == 0
    assert [
        PracticeSession.objects.visible_to(person).count()
        for person in (circle.member, circle.outsider, circle.facilitator)
    ] == [0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_publishing_and_deleting_at_once_does_one_of_them(circle: Circle, now: datetime) -> None:
    """Whoever comes second is refused, whichever it is."""

    def act(name: str) -> None:
        if name == "publish":
            scheduling.publish(session=session, now=now)
        else:
            drafts.delete(session=session, by=circle.facilitator)

    for _ in range(5):
        Notification.objects.all().delete()
        session = make_draft(circle)
        published, deleted = at_once(act, ["publish", "delete"])

        left = PracticeSession.objects.filter(pk=session.pk).first()
        owed = Notification.objects.count()
        if left is None:
            assert (type(published), deleted, owed) == (PracticeSession.DoesNotExist, None, 0)
        else:
            assert (published, type(deleted), owed) == (None, drafts.WasAnnounced, 2)
