"""Who runs events adds files and links, hangs them on events, and takes them away."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from ciwo_portal import hanging
from library.models import Resource
from sessions.models import PracticeSession
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_resource,
    make_session,
    make_topic,
    make_user,
    make_webinar,
)
from tests.files import pdf, picture, zipped
from tests.library.conftest import docx, stored, upload

NEW = "/manage/resources/new/"
PDF = pdf("of the test")


@pytest.fixture(autouse=True)
def kept(settings: Settings, tmp_path: Path) -> Path:
    """The folder where files are kept, for one test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def session() -> PracticeSession:
    """A session of a community that has a facilitator."""
    community = make_community(make_agency())
    community.facilitators.add(make_user(name="Farah Facilitator"))
    return make_session(community)


@pytest.fixture
def facilitator_client(session: PracticeSession) -> Client:
    """A browser in which the session's facilitator is signed in."""
    client = Client()
    client.force_login(session.community.facilitators.get())
    return client


def said(**changes: Any) -> dict[str, Any]:
    """Return what a browser sends."""
    usual = {"uid": str(uuid4()), "title": "Checklist", "kind": "template", "link": ""}
    return usual | {"visibility": "public", "community": ""} | changes


def errors(answer: Any) -> dict[str, list[str]]:
    """Return what the form found wrong."""
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def test_organiser_adds_a_public_file_under_a_topic(organiser_client: Client):
    topic = make_topic()

    organiser_client.post(NEW, said(file=upload("a.pdf", PDF), topics=[topic.pk]))

    page = Client().get(topic.get_absolute_url()).content.decode()
    assert "Checklist" in page
    assert b"".join(Client().get(Resource.objects.get().get_absolute_url()).streaming_content) == (  # type: ignore[attr-defined] # it streams
        PDF
    )


def test_kind_and_readers_are_asked_and_not_chosen_beforehand(organiser_client: Client):
    form = organiser_client.get(NEW).context["form"]

    assert (form["kind"].value(), form["visibility"].value()) == (None, "")


def test_facilitator_adds_to_a_session_and_it_stays_in_the_community(
    facilitator_client: Client, session: PracticeSession
):
    given = said(file=upload("a.docx", docx()), community=session.community.pk)

    answer = facilitator_client.post(f"{NEW}?for=session:{session.slug}", given)

    [resource] = session.resources.all()
    assert (resource.visibility, resource.community) == ("community", session.community)
    assert answer["Location"] == f"/manage/sessions/{session.slug}/"


def test_organiser_adds_to_a_webinar(organiser_client: Client):
    webinar = make_webinar()

    address = f"{NEW}?for=webinar:{webinar.slug}"
    answer = organiser_client.post(address, said(link="https://example.org/slides"))

    assert [one.title for one in webinar.resources.all()] == ["Checklist"]
    assert answer["Location"] == f"/manage/webinars/{webinar.slug}/"


def test_second_press_adds_nothing(organiser_client: Client, kept: Path):
    given = said()

    for _ in range(2):
        organiser_client.post(NEW, given | {"file": upload("a.pdf", PDF)})

    assert (Resource.objects.count(), stored(kept)) == (1, [".pdf"])


BOMB = zipped({"word/document.xml": bytes(210 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"file": ["Choose a file, or give a link."]}),
        ({"file": ("a.pdf", b"")}, {"file": ["“a.pdf” is empty."]}),
        ({"file": ("a.png", b"<svg/>")}, {"file": ["“a.png” cannot be read as a .png file."]}),
        (
            {"file": ("a.docx", BOMB)},
            {"file": ["“a.docx” unpacks to far more than a document needs. Save it as a PDF."]},
        ),
        (
            {"file": ("a.pdf", b"%PDF-" + bytes(60 * 1024 * 1024))},
            {"file": ["“a.pdf” is larger than 50 MB. Send a smaller file."]},
        ),
        ({"link": "javascript:alert(1)"}, {"link": ["Enter a valid URL."]}),
        ({"link": "ftp://example.org/a"}, {"link": ["Enter a valid URL."]}),
        (
            {"link": "https://example.org", "file": ("a.pdf", PDF)},
            {"link": ["Give a file or a link, not both."]},
        ),
        (
            {"link": "https://example.org", "visibility": "community"},
            {"community": ["Say which community may see it."]},
        ),
    ],
)
def test_bad_input_is_named_and_nothing_is_left(
    organiser_client: Client, kept: Path, given: dict[str, Any], wrong: dict[str, list[str]]
):
    if "file" in given:
        given = given | {"file": upload(*given["file"])}

    answer = organiser_client.post(NEW, said(title="As typed") | given)

    assert errors(answer) == wrong
    assert 'value="As typed"' in answer.content.decode()
    assert (Resource.objects.count(), stored(kept)) == (0, [])


def test_changed_words_keep_file_and_visibility(
    facilitator_client: Client, session: PracticeSession, kept: Path
):
    community = session.community
    facilitator_client.post(NEW, said(file=upload("a.pdf", PDF), community=community.pk))
    resource = Resource.objects.get()
    address = f"/manage/resources/{resource.uid}/"

    facilitator_client.post(address, said(title="New", community=community.pk, uid=resource.uid))

    resource.refresh_from_db()
    assert (resource.title, resource.visibility) == ("New", "community")
    assert (resource.file_name, stored(kept)) == ("a.pdf", [".pdf"])


def test_new_file_is_taken_and_a_wrong_one_refused(organiser_client: Client, kept: Path):
    organiser_client.post(NEW, said(file=upload("a.pdf", PDF)))
    resource = Resource.objects.get()
    address = f"/manage/resources/{resource.uid}/"

    refused = organiser_client.post(address, said(file=upload("b.png", b"no")))
    organiser_client.post(address, said(file=upload("b.png", picture())))

    resource.refresh_from_db()
    assert "file" in errors(refused)
    assert (resource.file_name, len(stored(kept))) == ("b.png", 2)  # erased after the commit


def test_remove_takes_it_away(organiser_client: Client, session: PracticeSession):
    resource = make_resource()
    session.resources.add(resource)

    organiser_client.post(f"/manage/resources/{resource.uid}/remove/")

    assert (Resource.objects.count(), session.resources.count()) == (0, 0)


def test_hang_on_and_take_off(organiser_client: Client, session: PracticeSession):
    resource, word = make_resource(), f"session:{session.slug}"
    address = f"/manage/resources/{resource.uid}"

    for _ in range(2):
        organiser_client.post(f"{address}/attach/", {"to": word})
    hung = list(session.resources.all())
    page = organiser_client.get(f"{address}/").content.decode()
    for _ in range(2):
        organiser_client.post(f"{address}/detach/", {"of": word})

    assert (hung, list(session.resources.all())) == ([resource], [])
    assert session.title in page


def test_nothing_chosen_hangs_nowhere(organiser_client: Client):
    resource = make_resource()
    address = f"/manage/resources/{resource.uid}"

    chosen = organiser_client.post(f"{address}/attach/", {"to": ""}, follow=True)

    assert "Choose a webinar or a session first." in chosen.content.decode()
    assert organiser_client.post(f"{address}/detach/").status_code == 404


@pytest.mark.parametrize(
    "word", ["session:unknown", "webinar:x", "nonsense", "session:\x00", "session:a b", "user:1"]
)
def test_unknown_places_are_not_found(organiser_client: Client, word: str):
    assert organiser_client.get(NEW, {"for": word}).status_code == 404


def test_facilitator_reaches_exactly_the_own(facilitator_client: Client, session: PracticeSession):
    other, webinar = make_session(), make_webinar()
    mine = make_resource(community=session.community, title="Mine")
    theirs = make_resource(community=other.community, title="Theirs")
    open_one = make_resource(title="Nobody's")

    listed = facilitator_client.get("/manage/resources/").context["page"].object_list
    statuses = {
        address: facilitator_client.get(address).status_code
        for address in (
            f"/manage/resources/{mine.uid}/",
            f"/manage/resources/{theirs.uid}/",
            f"/manage/resources/{open_one.uid}/",
            f"{NEW}?for=session:{session.slug}",
            f"{NEW}?for=session:{other.slug}",
            f"{NEW}?for=webinar:{webinar.slug}",
        )
    }

    assert [one.title for one in listed] == ["Mine"]
    assert list(statuses.values()) == [200, 404, 404, 200, 404, 404]


def test_facilitator_cannot_open_what_is_closed_nor_give_it_away(
    facilitator_client: Client, session: PracticeSession
):
    other = make_community()
    given = said(link="https://example.org", visibility="public", community=other.pk)

    answer = facilitator_client.post(NEW, given)
    facilitator_client.post(NEW, given | {"community": session.community.pk})

    assert list(errors(answer)) == ["community"]
    assert [(one.visibility, one.community) for one in Resource.objects.all()] == [
        ("community", session.community)
    ]


def test_titles_are_searched(organiser_client: Client):
    make_resource(title="Lien checklist")
    make_resource(title="Bond template")

    found = organiser_client.get("/manage/resources/", {"q": "CHECK lien\x00"}).context["page"]

    assert [one.title for one in found.object_list] == ["Lien checklist"]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_much_for_many_as_for_one(
    organiser_client: Client,
    session: PracticeSession,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
):
    for _ in range(number):
        resource = make_resource(community=session.community, visibility="community")
        session.resources.add(resource)
        make_webinar().resources.add(resource)

    with django_assert_num_queries(4):
        organiser_client.get("/manage/resources/")
    with django_assert_num_queries(12):
        organiser_client.get(f"/manage/resources/{resource.uid}/")
    with django_assert_num_queries(5):
        organiser_client.get(f"{NEW}?for=session:{session.slug}")


def test_places_are_those_that_a_person_runs(organiser: User, session: PracticeSession):
    resource, webinar, other = make_resource(), make_webinar(), make_session()
    for place in (session, webinar, other):
        place.resources.add(resource)
    facilitator = session.community.facilitators.get()

    assert hanging.places(resource, facilitator) == [session]
    assert set(hanging.places(resource, organiser)) == {session, webinar, other}
    assert [len(rows) for _kind, rows in hanging.offered(facilitator)] == [0, 1]
