"""A speaker brings slides on the own page: looked into, ticked off, and with the organisers."""

from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from library import keeping
from library.models import Resource
from library.uploads import Refused
from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_topic, make_user, make_webinar
from tests.files import pdf
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_messages import details
from tests.webinars.test_pages import SOON, said
from tests.webinars.test_speakers import make_speaker, path_of
from webinars import bringing, effects, scheduling
from webinars.models import Presenter, PresenterQuerySet, Webinar

Visibility = Resource.Visibility
PDF, OTHER = pdf("slides"), pdf("others")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path, monkeypatch) -> None:
    """Files are kept in a folder that goes away; nobody has guessed links; all hours are day."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    monkeypatch.setattr(delivering, "DAY", range(24))


def a_file(content: bytes = PDF, name: str = "liens.pdf") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def speaker() -> Presenter:
    """Name somebody who speaks in two weeks."""
    return make_speaker(make_webinar(starts_at=SOON, title="Liens", topics=(make_topic(),)))


def materials(webinar: Webinar) -> list[tuple[str, str, str]]:
    """Return the webinar's files: their names, kinds, and who may see them."""
    rows = webinar.resources.order_by("pk")
    return list(rows.values_list("file_name", "kind", "visibility"))


def test_slides_are_ticked_off_and_wait_for_the_organisers(organiser_client: Client) -> None:
    presenter = speaker()
    webinar = presenter.webinar

    page = said(Client().post(path_of(presenter), {"file": a_file()}))

    presenter.refresh_from_db()
    [resource] = webinar.resources.all()
    assert "We have your slides: liens.pdf" in page
    assert presenter.slides_at is not None
    assert materials(webinar) == [("liens.pdf", "slides", Visibility.ORGANISERS)]
    assert list(resource.topics.all()) == list(webinar.topics.all())
    answers = [
        client.get(address)
        for client in (Client(), organiser_client)
        for address in (webinar.get_absolute_url(), resource.get_absolute_url())
    ]
    b"".join(answers[-1].streaming_content)  # type: ignore[attr-defined] # closes the file
    assert [answer.status_code for answer in answers] == [200, 404, 200, 200]
    assert "liens.pdf" in said(organiser_client.get(f"/manage/webinars/{webinar.slug}/speakers/"))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (a_file(b"MZ..", "liens.pdf"), "cannot be read as a .pdf file."),
        (a_file(b"a,b\n", "liens.csv"), "is not one of .pdf, .pptx, .odp."),
        (a_file(b""), "is empty."),
    ],
    ids=["disguised", "other", "empty"],
)
def test_file_that_is_no_deck_is_refused_and_the_rest_stays_typed(file, words: str) -> None:
    presenter = speaker()

    page = Client().post(path_of(presenter), {"file": file, "biography": "Ten years."})

    presenter.refresh_from_db()
    assert (words in said(page), "Ten years." in page.content.decode()) == (True, True)
    assert (materials(presenter.webinar), presenter.slides_at) == ([], None)


def test_sound_file_is_kept_when_something_else_is_wrong() -> None:
    presenter = speaker()

    page = said(Client().post(path_of(presenter), {"file": a_file(), "slides_url": "no link"}))

    assert ("Enter a valid URL." in page, "We have your slides" in page) == (True, True)


def test_newer_file_takes_the_place_of_one_that_is_not_shown() -> None:
    presenter = speaker()
    for content in (PDF, PDF, OTHER):
        bringing.bring(presenter=presenter, upload=a_file(content), now=timezone.now())

    [resource] = presenter.webinar.resources.all()
    with resource.file.open() as file:
        assert (resource.versions.count(), file.read()) == (1, OTHER)


def test_what_is_shown_stays_and_the_newer_file_stands_beside_it() -> None:
    presenter = speaker()
    bringing.bring(presenter=presenter, upload=a_file(), now=timezone.now())
    Resource.objects.update(visibility=Visibility.PUBLIC)

    bringing.bring(presenter=presenter, upload=a_file(OTHER), now=timezone.now())

    found = [visibility for _, _, visibility in materials(presenter.webinar)]
    assert found == [Visibility.PUBLIC, Visibility.ORGANISERS]


def test_slides_of_a_demonstration_say_so() -> None:
    presenter = speaker()
    Webinar.objects.update(is_demo=True)

    bringing.bring(presenter=presenter, upload=a_file(), now=timezone.now())

    assert Resource.objects.get().is_demo


def test_nobody_fills_the_disk_with_slides() -> None:
    presenter = speaker()
    for number in range(bringing.MOST):
        now, content = timezone.now(), pdf(str(number))
        bringing.bring(presenter=presenter, upload=a_file(content), now=now)

    with pytest.raises(Refused):
        bringing.bring(presenter=presenter, upload=a_file(OTHER), now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_second_press_at_once_brings_nothing_more() -> None:
    presenter, now = speaker(), timezone.now()

    at_once(
        lambda file: bringing.bring(presenter=presenter, upload=file, now=now),
        [a_file() for _ in range(3)],
    )

    [resource] = presenter.webinar.resources.all()
    assert resource.versions.count() == 0


def test_plan_like_another_takes_no_slides_that_nobody_has_looked_at(organiser) -> None:
    presenter = speaker()
    bringing.bring(presenter=presenter, upload=a_file(), now=timezone.now())
    webinar = presenter.webinar

    copy = scheduling.plan(
        uid=presenter.key, details=details(webinar), topics=[], by=organiser, like=webinar
    )

    assert materials(copy) == []


@pytest.mark.parametrize("state", ["registered", "pending", "cancelled", None])
def test_speaker_who_has_a_place_gets_one_message(postbox: Postbox, state: str | None) -> None:
    presenter = speaker()
    webinar, person = presenter.webinar, make_user(email="ann@example.org")
    gone: dict[str, Any] = {"cancelled_at": SOON} if state == "cancelled" else {}
    if state:
        make_registration(webinar, person, state=state, **gone)
    later = {"starts_at": SOON + timedelta(days=1), "ends_at": SOON + timedelta(days=1, hours=1)}
    counted = [effects.of(webinar, make_user(is_organiser=True)).messages]
    now = timezone.now()

    scheduling.change(
        webinar=webinar, details=details(webinar, **later), topics=[], reason="Ice", now=now
    )
    delivering.drain()
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    delivering.drain()

    kind = "webinars/speaking_news" if state in {"cancelled", None} else "webinars/moved"
    assert [one["To"] for one in postbox.received] == ["ann@example.org"] * 2
    assert Notification.objects.filter(kind=kind, sent_at__isnull=False).exists()
    assert counted == [1]


@pytest.mark.django_db(transaction=True)
def test_two_presses_without_the_lock_bring_it_twice(monkeypatch) -> None:
    """The control of the test above: both look before either adds."""
    presenter, now = speaker(), timezone.now()
    both_have_looked, add = Barrier(2), keeping.add

    def adding(**said: Any) -> Resource:
        both_have_looked.wait(30)
        return add(**said)

    monkeypatch.setattr("library.keeping.add", adding)
    monkeypatch.setattr(PresenterQuerySet, "select_for_update", lambda rows, **_: rows)

    at_once(
        lambda file: bringing.bring(presenter=presenter, upload=file, now=now),
        [a_file() for _ in range(2)],
    )

    assert len(materials(presenter.webinar)) == 2
