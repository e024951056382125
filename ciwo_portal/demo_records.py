"""What is left of the demonstration's past webinars: who came, certificates, recordings."""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from accounts.models import User
from events import attendance as reading
from events import reports
from library.captions import read as read_captions
from records import attendance, certificates, pulse, recording
from records.attendance import File
from webinars.models import Registration, Webinar

DATA = Path(__file__).resolve().parent / "data"
REPORT = DATA / "demo_attendance.csv"  # also there to be taken in by hand


def seat(webinar: Webinar, people: list[User]) -> None:
    """Let these people have held seats for a week before it began."""
    joined_at = attendance.window_of(webinar)[0] - timedelta(days=7)
    Registration.objects.bulk_create(
        Registration(webinar=webinar, person=one, state="registered", joined_at=joined_at)
        for one in people
    )


def close(webinar: Webinar, by: User, now: datetime) -> None:
    """Count who came, issue certificates, and ask what they thought."""
    raw = REPORT.read_bytes()
    zone = ZoneInfo(webinar.time_zone)
    read = reading.of(reports.read(raw), held_on=webinar.held_on, zone=zone)
    file = File(sha256(raw).hexdigest(), REPORT.name, webinar.time_zone, read)
    attendance.take_in(webinar=webinar, files=[file], by=by, now=now)
    attendance.confirm(webinar=webinar, now=now)
    certificates.issue(webinar=webinar, now=now)
    for row in webinar.attendances.attended():
        said = {"useful": "yes", "will_change": "perhaps", "wish": "More of this (demo)."}
        pulse.answer(webinar=webinar, person=row.person, now=now, **said)


def record(
    webinar: Webinar, by: User, now: datetime, *, captions: str, chapters: list[tuple[int, str]]
) -> None:
    """Put up a link that leads nowhere, with captions that nobody said."""
    link = f"https://video.example.org/{webinar.slug}"
    recording.put(webinar=webinar, link=link, upload=None, audience="webinar")
    recording.caption(webinar=webinar, cues=read_captions(captions))
    recording.divide(webinar=webinar, chapters=chapters)
    recording.consent(webinar=webinar, by=by, now=now)
    recording.publish(webinar=webinar, now=now)
