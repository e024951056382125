"""Two demonstration webinars that are over: one closed with everything, one left to close."""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from accounts.models import User
from events import attendance as reading
from events import reports
from library import captions
from records import attendance, certificates, pulse, recording
from records.attendance import File
from webinars.models import Registration, Webinar

DATA = Path(__file__).resolve().parent / "data"
REPORT = DATA / "demo_attendance.csv"  # also there to be taken in by hand
CHAPTERS = ((0, "Welcome"), (250, "Why rates matter"), (1050, "Liens and bonds"), (2285, "Terms"))


def seat(webinar: Webinar, people: list[User]) -> None:
    """Let these people have held seats for a week before it began."""
    joined_at = attendance.window_of(webinar)[0] - timedelta(days=7)
    Registration.objects.bulk_create(
        Registration(webinar=webinar, person=one, state="registered", joined_at=joined_at)
        for one in people
    )


def close(webinar: Webinar, by: User, now: datetime) -> None:
    """Count who came, issue certificates, bring a recording out, and ask what they thought."""
    raw = REPORT.read_bytes()
    zone = ZoneInfo(webinar.time_zone)
    read = reading.of(reports.read(raw), held_on=webinar.held_on, zone=zone)
    file = File(sha256(raw).hexdigest(), REPORT.name, webinar.time_zone, read)
    attendance.take_in(webinar=webinar, files=[file], by=by, now=now)
    attendance.confirm(webinar=webinar, now=now)
    certificates.issue(webinar=webinar, now=now)
    _record(webinar, by, now)
    for row in webinar.attendances.attended():
        said = {"useful": "yes", "will_change": "perhaps", "wish": "More of this (demo)."}
        pulse.answer(webinar=webinar, person=row.person, now=now, **said)


def _record(webinar: Webinar, by: User, now: datetime) -> None:
    """Put up a link that leads nowhere, with captions that nobody said."""
    link = "https://video.example.org/demo-held"
    recording.put(webinar=webinar, link=link, upload=None, audience="webinar")
    cues = captions.read((DATA / "demo_captions.vtt").read_text())
    recording.caption(webinar=webinar, cues=cues)
    recording.divide(webinar=webinar, chapters=CHAPTERS)
    recording.consent(webinar=webinar, by=by, now=now)
    recording.publish(webinar=webinar, now=now)
