"""The organisers' pages about a webinar's parts: speakers, materials, people, messages."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from accounts.models import User
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_member,
    make_registration,
    make_resource,
    make_topic,
    make_user,
    make_webinar,
)
from tests.webinars.test_manage import LIST, address, errors_of
from tests.webinars.test_pages import SOON, said
from webinars import registration
from webinars.models import Webinar


def rows(*names: str, **more: str) -> dict[str, str]:
    """Return the speakers' form with these names."""
    kept = {"speaker-TOTAL_FORMS": str(len(names)), "speaker-INITIAL_FORMS": "0"}
    return kept | {f"speaker-{i}-name": name for i, name in enumerate(names)} | more


def test_speakers_are_named_in_order_and_removed(organiser_client: Client) -> None:
    webinar, agency = make_webinar(starts_at=SOON), make_agency()
    where = address(webinar, "speakers/")

    organiser_client.post(where, rows("Ann", "", "Bob", **{"speaker-2-agency": str(agency.pk)}))
    first = list(webinar.presenters.order_by("position").values_list("name", "agency"))
    organiser_client.post(where, rows("Ann", "Bob", **{"speaker-0-DELETE": "on"}))

    assert first == [("Ann", None), ("Bob", agency.pk)]
    assert list(webinar.presenters.values_list("name", flat=True)) == ["Bob"]
    assert "Bob" in said(organiser_client.get(where.replace("speakers/", "")))


def test_speakers_without_a_name_are_explained(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)

    page = organiser_client.post(
        address(webinar, "speakers/"), rows("", **{"speaker-0-title": "Director"})
    )

    assert errors_of(page) == ["Speaker 1, Name: This field is required."]
    assert webinar.presenters.count() == 0


def test_materials_of_the_library_are_added_and_removed(organiser_client: Client) -> None:
    webinar, other = make_webinar(starts_at=SOON), make_resource(title="Elsewhere")
    slides = make_resource(title="Slides on liens")
    where = address(webinar, "materials/")

    found = organiser_client.get(f"{where}?q=LIENS")
    for _ in range(2):
        organiser_client.post(f"{where}?q=LIENS", {"resource": slides.pk, "add": "1"})
    attached = list(webinar.resources.all())
    organiser_client.post(where, {"resource": slides.pk, "remove": "1"})

    assert ("Slides on liens" in said(found), other.title in said(found)) == (True, False)
    assert (attached, webinar.resources.count()) == ([slides], 0)


def test_file_is_added_from_the_webinars_page_and_taken_off_there(
    organiser_client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    webinar = make_webinar(starts_at=SOON)
    where = address(webinar)
    page = organiser_client.get(where).content.decode()
    add = f"/manage/resources/new/?for=webinar%3A{webinar.slug}"

    slides = SimpleUploadedFile("liens.csv", b"agency,liens\n")
    given = {"uid": str(uuid4()), "title": "Liens", "kind": "slides", "visibility": "public"}
    added = organiser_client.post(add, given | {"file": slides})
    listed = said(organiser_client.get(where))
    resource = webinar.resources.get()
    organiser_client.post(
        f"/manage/resources/{resource.uid}/detach/", {"of": f"webinar:{webinar.slug}"}
    )

    assert (add in page, added["Location"], "Liens" in listed) == (True, where, True)
    assert (resource.file_name, webinar.resources.count()) == ("liens.csv", 0)


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "-1"])
def test_materials_that_are_not_there_are_404(organiser_client: Client, number: str) -> None:
    webinar = make_webinar(starts_at=SOON)

    answer = organiser_client.post(address(webinar, "materials/"), {"resource": number})

    assert answer.status_code == 404


@pytest.fixture
def crowd() -> Webinar:
    """A webinar with a member of an agency, somebody who waits, and somebody who left."""
    webinar = make_webinar(starts_at=SOON, capacity=1)
    member = make_member(make_agency(name="Alder"), name="=Ann", email="ann@alder.example.gov")
    make_registration(webinar, member)
    make_registration(webinar, make_user(name="Bob"), state="waitlisted")
    make_registration(webinar, make_user(name="Cy"), state="cancelled", cancelled_at=SOON)
    return webinar


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["=Ann", "Bob", "Cy"]),
        ("q=alder.example", ["=Ann"]),
        ("q=BOB", ["Bob"]),
        ("state=cancelled", ["Cy"]),
        ("agency={agency}", ["=Ann"]),
        ("q=nobody", []),
        ("state=nonsense&agency=0&page=99999999999999999999", ["=Ann", "Bob", "Cy"]),
    ],
)
def test_people_are_found(organiser_client: Client, crowd: Webinar, query: str, names) -> None:
    member = crowd.registrations.seated().get().person
    query = query.format(agency=member.memberships.get().agency_id)

    page = organiser_client.get(f"{address(crowd)}?{query}")
    table = organiser_client.get(f"{address(crowd, 'registrations.csv')}?{query}")

    assert [place.person.name for place in page.context["page"]] == names
    found = list(csv.reader(table.content.decode("utf-8-sig").splitlines()))[1:]
    assert [row[0].lstrip("'") for row in found] == names


def test_exported_names_are_no_formulas(organiser_client: Client, crowd: Webinar) -> None:
    table = organiser_client.get(address(crowd, "registrations.csv"))

    [header, first, *_] = csv.reader(table.content.decode("utf-8-sig").splitlines())
    assert header == ["Name", "E-mail", "Agency", "Place", "Since (UTC)", "Attended", "Access"]
    assert first == [
        "'=Ann",
        "ann@alder.example.gov",
        "Alder, CA",
        "Registered",
        "2026-11-23 15:00",
        "",
        "",
    ]
    assert table.headers["Content-Disposition"] == (
        f'attachment; filename="{crowd.slug}-registrations.csv"'
    )


def test_messages_of_one_webinar_are_its_own(organiser_client: Client, crowd: Webinar) -> None:
    other, now = make_webinar(starts_at=SOON), datetime.now(UTC)
    registration.register(webinar=crowd, person=make_user(name="Dee"), now=now)
    registration.register(webinar=other, person=make_user(name="Eve"), now=now)

    page = organiser_client.get(address(crowd))
    log = organiser_client.get(address(crowd, "deliveries/"))

    assert [(row["kind"], row["owed"]) for row in page.context["deliveries"]] == [
        ("webinars/receipt", 1)
    ]
    assert [one.recipient.name for one in log.context["page"]] == ["Dee"]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    count: int, organiser_client: Client, organiser: User, django_assert_num_queries
) -> None:
    for _ in range(count):
        webinar = make_webinar(topics=(make_topic(),), starts_at=SOON)
    for _ in range(count):
        person = make_member()
        registration.register(webinar=webinar, person=person, now=datetime.now(UTC))
        webinar.resources.add(make_resource())
        webinar.presenters.create(name="Ann", agency=make_agency())

    for word, number in {"": 4, f"{webinar.slug}/": 13, f"{webinar.slug}/deliveries/": 6}.items():
        with django_assert_num_queries(number):
            organiser_client.get(LIST + word)
    with django_assert_num_queries(9):
        organiser_client.get(address(webinar, "registrations.csv"))
    with django_assert_num_queries(5):
        organiser_client.get(address(webinar, "materials/"))
