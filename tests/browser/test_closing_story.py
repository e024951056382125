"""An organiser closes a webinar, and people find what it left; with and without JavaScript."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_playwright import CreateContextCallback

from accounts.models import User
from ciwo_portal import demo_records
from notifications import delivering
from notifications.models import Notification
from records.models import Recording
from tests.browser.entrance import enter, verified
from tests.browser.test_webinar_stories import press
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from webinars.models import Webinar

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[str], Page]
SignIn = Callable[[User], None]
REPORT = "Name,User Email,Total Duration (Minutes)\nAnn,ann@a.example,70\n=Room,,66\n"
VTT = (
    "WEBVTT\n\n00:00.000 --> 00:04.000\nWelcome.\n\n"
    "00:02:05.000 --> 00:02:09.000\nA zebrafish lien.\n"
)


@pytest.fixture
def ann() -> User:
    """Somebody with a seat, whose day it is now."""
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    return verified(make_user(name="Ann", email="ann@a.example", time_zone=zone))


@pytest.fixture
def webinar(ann: User) -> Webinar:
    """A webinar that ended yesterday."""
    start = datetime.now(UTC) - timedelta(days=1)
    found = make_webinar(slug="held", title="Liens", starts_at=start)
    make_registration(found, ann)
    make_registration(found, make_user(name="Bob", email="bob@b.example"))
    return found


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def file(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def count(page: Page, url: str, folder: Path) -> None:
    """Take in a report, assign the room to Bob, and issue certificates."""
    page.goto(f"{url}/manage/webinars/held/attendance/")
    page.set_input_files("[name=reports]", file(folder, "report.csv", REPORT))
    press(page, "Read them")
    press(page, "Confirm: count this")
    page.fill("[name=email]", "bob@b.example")
    press(page, "Assign")
    page.goto(f"{url}/manage/webinars/held/certificates/")
    press(page, "Issue them now")


def record(page: Page, url: str, folder: Path) -> None:
    """Put a recording up and bring it out."""
    where = f"{url}/manage/webinars/held/recording/"
    for part, field, name, content in (
        ("video", "file", "liens.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 999),
        ("captions", "captions", "liens.vtt", VTT),
    ):
        page.goto(f"{where}{part}/")
        page.set_input_files(f"[name={field}]", file(folder, name, content))
        press(page, "Save")
    page.goto(f"{where}chapters/")
    page.fill("[name=chapters]", "00:00 Welcome\n02:05 Liens")
    press(page, "Save")
    press(page, "Everybody who speaks agrees")
    press(page, "Bring it out")


def test_organiser_closes_a_webinar(
    visit: Visit,
    sign_in: SignIn,
    page: Page,
    live_server: LiveServer,
    webinar: Webinar,
    tmp_path: Path,
) -> None:
    sign_in(verified(make_user(is_organiser=True)))
    count(page, live_server.url, tmp_path)
    record(page, live_server.url, tmp_path)

    page.goto(f"{live_server.url}/manage/webinars/held/")
    steps = page.locator("#closing + ol li").all_inner_texts()
    assert [" ".join(step.split()) for step in steps] == [
        "1 Attendance Done 2 people attended.",
        "2 Certificates Done Everybody who attended has one.",
        "3 Recording Done It is out.",
        "4 What people thought 0 people have answered.",
    ]
    for word in ("", "attendance/", "certificates/", "recording/", "recording/video/", "pulse/"):
        visit(f"/manage/webinars/held/{word}")


def test_organiser_needs_no_script(
    plain_page: Page, live_server: LiveServer, webinar: Webinar, tmp_path: Path
) -> None:
    plain_page.goto(f"{live_server.url}/accounts/login/")
    enter(plain_page, verified(make_user(is_organiser=True)))

    count(plain_page, live_server.url, tmp_path)
    record(plain_page, live_server.url, tmp_path)

    assert Recording.objects.get().published_at is not None
    assert webinar.certificates.standing().count() == 2


@pytest.fixture
def closed(webinar: Webinar, ann: User) -> Webinar:
    """The webinar, to which Ann came, with certificates issued and the recording out."""
    by, now = make_user(is_organiser=True), datetime.now(UTC)
    captions = (demo_records.DATA / "demo_captions.vtt").read_text()
    demo_records.close(webinar, by, now)
    webinar.attendances.update_or_create(person=ann, defaults={"attended": True})
    demo_records.record(webinar, by, now, captions=captions, chapters=[(0, "Welcome")])
    return webinar


def test_who_had_a_seat_finds_record_recording_and_questions(
    visit: Visit, sign_in: SignIn, page: Page, closed: Webinar, ann: User, postbox: Postbox
) -> None:
    sign_in(ann)
    for path in ("/my/", "/my/learning/", "/webinars/held/"):
        visit(path)
    visit("/webinars/held/pulse/")
    page.click("label[for=id_useful_0]")
    page.click("label[for=id_will_change_1]")
    press(page, "Send")
    assert "Thank you. The organizers read it." in page.inner_text("main")
    assert closed.pulse.get().useful == "yes"

    visit("/library/?q=garnishment").get_by_role("link", name="Said at 52:40").click()
    page.wait_for_load_state()
    assert page.url.endswith("/webinars/held/recording/?q=garnishment&t=3160#t=3160")
    visit("/webinars/held/recording/?q=garnishment&t=3160")
    delivering.drain()
    told = Notification.objects.filter(recipient=ann).values_list("kind", "state")
    assert list(told) == [("records/recording", "sent")]


@pytest.fixture
def plain_page(new_context: CreateContextCallback) -> Page:
    """A window in which no script runs."""
    return new_context(java_script_enabled=False).new_page()
