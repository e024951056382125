"""Certificates: who gets one, what its page says to whom, and the PDF."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from notifications.models import Notification
from records import attendance, certificates, printing
from records.models import Attendance, Certificate
from tests.browsers import Client
from tests.factories import NOW, make_user, make_webinar
from tests.threads import at_once
from webinars.models import Webinar

START = datetime(2026, 9, 15, 18, 0, tzinfo=UTC)


@pytest.fixture
def webinar() -> Webinar:
    """A webinar of 90 minutes that is over."""
    return make_webinar(starts_at=START, ends_at=START + timedelta(minutes=90), title="Liens")


def came(webinar: Webinar, **fields: Any) -> Attendance:
    """Record that somebody attended for 80 minutes."""
    person = fields.pop("person", None) or make_user()
    given = {"attended": True, "seconds": 4800, "measured": 4800} | fields
    return Attendance.objects.create(webinar=webinar, person=person, **given)


def seen(client: Client, certificate: Certificate) -> tuple[int, str]:
    answer = client.get(certificate.get_absolute_url())
    page = BeautifulSoup(answer.content, "html.parser").select("main")[0]
    return answer.status_code, " ".join(page.text.split())


def test_certificates_go_to_who_attended_once(webinar: Webinar):
    row = came(webinar)
    came(webinar, attended=False, seconds=60)

    for _ in range(2):
        certificates.issue(webinar=webinar, now=NOW)

    [made] = Certificate.objects.all()
    assert (made.person, made.name, made.title) == (row.person, row.person.name, "Liens")
    assert (made.minutes, made.held_on, len(made.code)) == (80, webinar.held_on, 22)


def test_two_organisers_issue_each_certificate_once(webinar: Webinar, transactional_db: None):
    came(webinar)

    at_once(lambda _: certificates.issue(webinar=webinar, now=NOW), on=range(4))

    assert Certificate.objects.count() == 1


def test_corrected_minutes_make_a_new_certificate(webinar: Webinar, organiser: User):
    row = came(webinar)
    certificates.issue(webinar=webinar, now=NOW)
    attendance.decide(attendance=row, minutes=90, reason="Phone", by=organiser, now=NOW)

    certificates.issue(webinar=webinar, now=NOW)

    found = Certificate.objects.order_by("pk").values_list("minutes", "revoked_because")
    assert list(found) == [(80, "It was replaced by a newer certificate."), (90, "")]


def test_certificate_of_who_did_not_attend_is_revoked(
    webinar: Webinar, organiser: User, client: Client
):
    row = came(webinar)
    certificates.issue(webinar=webinar, now=NOW)
    attendance.decide(attendance=row, minutes=None, reason="A namesake", by=organiser, now=NOW)
    _status, from_now = seen(client, Certificate.objects.get())

    certificates.issue(webinar=webinar, now=NOW)

    status, text = seen(client, Certificate.objects.get())
    assert "This certificate is not valid any more" in from_now
    kinds = Notification.objects.filter(recipient=row.person).order_by("pk")
    assert [one.kind for one in kinds] == ["records/certified", "records/revoked"]
    assert (status, "This certificate was revoked" in text) == (200, True)
    assert "The record of attendance was corrected." in text


def test_page_says_what_the_certificate_says(webinar: Webinar, client: Client):
    row = came(webinar)
    certificates.issue(webinar=webinar, now=NOW)
    made = Certificate.objects.get()

    status, text = seen(client, made)

    assert (status, "This certificate is valid" in text) == (200, True)
    for words in (row.person.name, "Liens", "September 15, 2026", "80 minutes", "CIWO"):
        assert words in text
    answer = client.get(made.get_absolute_url())
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert row.person.email not in answer.content.decode()


@pytest.mark.parametrize("code", ["x", "A" * 22, "-_-"])
def test_unknown_code_is_said_to_be_unknown(client: Client, code: str):
    answer = client.get(f"/certificates/{code}/")

    assert answer.status_code == 404
    assert "No certificate has this code" in answer.content.decode()


def test_only_the_person_and_organisers_download_it(
    webinar: Webinar, client: Client, organiser_client: Client
):
    row = came(webinar)
    certificates.issue(webinar=webinar, now=NOW)
    file = f"{Certificate.objects.get().get_absolute_url()}certificate.pdf"
    mine, other = Client(), Client()
    mine.force_login(row.person)
    other.force_login(make_user())

    found = [one.get(file).status_code for one in (client, other, mine, organiser_client)]

    assert found == [302, 404, 200, 200]


@pytest.mark.parametrize("name", ['#let x = "y" [*Ann*]', "Núñez, José", "M" * 150])
def test_pdf_is_tagged_and_says_its_title_and_language(webinar: Webinar, name: str):
    came(webinar, person=make_user(name=name))
    certificates.issue(webinar=webinar, now=NOW)

    made = printing.pdf(Certificate.objects.get())

    assert made.startswith(b"%PDF-1.7")
    assert re.search(rb"/Lang\(en\)", made)
    assert b"/MarkInfo<</Marked true" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"Certificate of attendance: Liens" in made


def test_nothing_is_issued_for_what_has_no_hours(organiser_client: Client):
    webinar = make_webinar(starts_at=None, held_on=datetime(2017, 2, 7, tzinfo=UTC).date())

    answer = organiser_client.post(f"/manage/webinars/{webinar.slug}/certificates/")

    assert (answer.status_code, Certificate.objects.count()) == (404, 0)


def test_organiser_issues_them_from_the_page(organiser_client: Client, webinar: Webinar):
    came(webinar)
    where = f"/manage/webinars/{webinar.slug}/certificates/"

    before = organiser_client.get(where).content.decode()
    after = organiser_client.post(where, follow=True).content.decode()

    assert "1 certificate is made" in before
    assert ("1 certificate is issued." in after, "agree with who attended" in after) == (True, True)
