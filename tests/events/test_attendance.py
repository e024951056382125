"""Attendance from the tools' reports: the samples to the letter, and what else the tools write."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events import attendance, reports, stamps
from events.attendance import Attendance, Attendee
from events.stamps import Order

SAMPLES = Path(__file__).parent / "attendance_samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text())
EASTERN = ZoneInfo("America/New_York")
START = datetime(2026, 9, 15, 18, 0, tzinfo=UTC)
WINDOW = (START, datetime(2026, 9, 15, 19, 30, tzinfo=UTC))
DAY = date(2026, 9, 15)


def read(raw: bytes | str, held_on: date = DAY, **asked: Any) -> Attendance:
    raw = raw.encode() if isinstance(raw, str) else raw
    return attendance.of(reports.read(raw), held_on=held_on, zone=EASTERN, **asked)


def sample(name: str) -> Attendance:
    return read((SAMPLES / name).read_bytes())


def minutes(person: Attendee, window: Any = WINDOW) -> float:
    return round(person.seconds(window) / 60, 1)


def is_phone(person: Attendee) -> bool:
    """Whether only a number is known, perhaps a masked one."""
    bare = person.name.split(" (")[0]
    return not person.email and any(map(str.isdigit, bare)) and not any(map(str.isalpha, bare))


def agency(person: Attendee) -> str | None:
    found = [said for asked, said in person.answers.items() if asked.startswith("Which agency")]
    return found[0] if found else None


def test_zoom_webinar_sample_is_read_to_the_letter():
    expected = EXPECTED["zoom_webinar_attendee_report.csv"]

    found = sample("zoom_webinar_attendee_report.csv")

    known = [person for person in found.people if person.email]
    assert sorted((_webinar(person) for person in known), key=_email) == sorted(
        expected["people"], key=_email
    )
    assert [
        {"name": one.name, "kind": "phone" * is_phone(one), "minutes_in_window": minutes(one)}
        for one in found.people
        if not one.email
    ] == expected["unmatched"]
    registered = [person for person in known if person.approvals]
    assert (sum(len(one.approvals) for one in registered), len(registered)) == (
        expected["registered_rows"],
        expected["registered_people"],
    )
    came = [one for one in known if one.connections and one.role != "host"]
    assert len(came) == expected["attended_people_with_email_not_host"]


def _email(row: dict[str, Any]) -> str:
    return str(row["email"])


def _webinar(person: Attendee) -> dict[str, Any]:
    return {
        "email": person.email,
        "role": person.role,
        "registrations": len(person.approvals),
        "approval": person.approvals,
        "connections": person.connections,
        "agency_answer": agency(person),
        "minutes_in_window": minutes(person),
        "minutes_any_time": minutes(person, None),
        "sum_of_reported_minutes": person.seconds_reported // 60,
        "attended": person.connections > 0,
    }


def test_registration_sample_is_read_to_the_letter():
    expected = EXPECTED["zoom_webinar_registration_report.csv"]

    report = reports.read((SAMPLES / "zoom_webinar_registration_report.csv").read_bytes())

    question = 'Which agency do you work for? (full name, not "initials")'
    assert [
        {
            "email": attendance.address(row.email),
            "approval": row.approval,
            "agency_answer": row.answers[question],
        }
        for row in report.rows
    ] == expected["registrations"]
    assert report.kind == reports.Kind.ZOOM_REGISTRATIONS
    assert len({attendance.address(row.email) for row in report.rows}) == expected["people"]


def test_zoom_meeting_sample_is_read_to_the_letter():
    found = sample("zoom_meeting_participants.csv")

    assert [
        {
            "name": one.name,
            "email": one.email or None,
            "minutes_in_window": minutes(one),
            "connections": one.connections,
        }
        for one in found.people
    ] == EXPECTED["zoom_meeting_participants.csv"]["people"]
    assert [one.reason for one in found.ignored] == ["waiting"] * 4


def test_teams_sample_is_read_to_the_letter():
    found = sample("teams_attendance_report.csv")

    assert [
        {
            "name": one.name,
            "email": one.email or None,
            "role": one.role,
            "connections": one.connections,
            "minutes_in_window": minutes(one),
            "seconds_reported": one.seconds_reported,
        }
        for one in found.people
    ] == EXPECTED["teams_attendance_report.csv"]["people"]


def test_samples_say_what_wrote_them():
    kinds = {path.name: sample(path.name).kind.value for path in SAMPLES.glob("*.csv")}

    assert kinds == {
        "zoom_webinar_attendee_report.csv": "zoom-webinar",
        "zoom_webinar_registration_report.csv": "zoom-registrations",
        "zoom_meeting_participants.csv": "zoom-meeting",
        "teams_attendance_report.csv": "teams",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_saved_again_in_another_encoding_is_the_same(encoding: str):
    raw = (SAMPLES / "teams_attendance_report.csv").read_bytes()
    again = raw.decode("utf-16").encode(encoding)

    assert read(again) == sample("teams_attendance_report.csv")


def test_older_alphabet_keeps_its_accents():
    found = read("Name;Email;Duration\nJosé Núñez;jose@a.example;1h 2m 3s\n".encode("cp1252"))

    assert [(one.name, one.seconds()) for one in found.people] == [("José Núñez", 3723)]


def test_commas_for_tabs_and_other_capitals_are_the_same():
    text = (SAMPLES / "teams_attendance_report.csv").read_bytes().decode("utf-16")
    rows = [line.split("\t") for line in text.splitlines()]
    commas = "\n".join(
        ",".join(cell if '"' in cell else f'"{cell}"' for cell in row) for row in rows
    )
    shouted = commas.replace("Join Time", "JOIN TIME").replace("3. In-Meeting", "3. IN-MEETING")

    assert read(shouted) == sample("teams_attendance_report.csv")


def test_report_without_times_counts_what_it_says_but_no_more_than_there_was():
    rows = "Ann,ann@a.example,45,Yes\nBob,bob@a.example,200,Yes\nAnn,Ann@A.example ,40,Yes\n"
    found = read(f"Name (original name),User Email,Total Duration (Minutes),Guest\n{rows}")

    assert [(one.email, minutes(one)) for one in found.people] == [
        ("ann@a.example", 45.0),
        ("bob@a.example", 90.0),
    ]


def test_span_with_gaps_counts_at_most_what_was_spent_in_it():
    span = "9/15/26, 2:00:00 PM\t9/15/26, 3:30:00 PM\t58m"
    found = read(
        "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\n"
        f"Ann\t{span}\tann@a.example\n"
    )

    assert [minutes(one) for one in found.people] == [58.0]


def one_stay(joined: str, left: str) -> str:
    return f'Name,Email,Join time,Leave time\nAnn,ann@a.example,"{joined}","{left}"\n'


@pytest.mark.parametrize(
    ("joined", "left"),
    [
        ("15/09/2026, 14:00:02", "15/09/2026, 15:00:02"),
        ("9/15/26, 2:00:02\u202fPM", "9/15/26, 3:00:02\u202fPM"),
        ("09/15/2026 02:00:02 PM", "09/15/2026 03:00:02 PM"),
        ("Sep 15, 2026 14:00:02", "Sep 15, 2026 15:00:02"),
        ("2026-09-15 14:00:02", "2026-09-15 15:00:02"),
        ("2026-09-15T18:00:02Z", "2026-09-15T19:00:02Z"),
        ("15.09.2026 14:00:02", "15.09.2026 15:00:02"),
    ],
)
def test_moments_are_read_however_they_are_written(joined: str, left: str):
    found = read(one_stay(joined, left))

    assert [one.stays for one in found.people] == [
        [(START.replace(second=2), START.replace(hour=19, second=2))]
    ]


def test_event_day_decides_which_number_is_the_month():
    stay = one_stay("9/10/2026 14:00:00", "9/10/2026 15:00:00")

    found = {
        day: read(stay, held_on=day).people[0].stays[0][0].date()
        for day in (date(2026, 9, 10), date(2026, 10, 9))
    }

    assert all(day == read_as for day, read_as in found.items())


def test_order_that_stays_open_is_asked_for():
    stay = one_stay("9/10/2026 14:00:00", "9/10/2026 15:00:00")

    with pytest.raises(stamps.OrderOpen):
        read(stay, held_on=date(2026, 6, 1))

    told = read(stay, held_on=date(2026, 6, 1), order=Order.DAY_FIRST)
    assert told.people[0].stays[0][0].date() == date(2026, 10, 9)


def test_what_is_no_date_decides_nothing():
    rows = "Bob,bob@a.example,whenever,soon\n"
    found = read(one_stay("15/09/2026 14:00", "15/09/2026 15:00") + rows)

    assert [minutes(one) for one in found.people] == [60.0, 0.0]
    assert [(one.row.email, one.reason) for one in found.ignored] == [
        ("bob@a.example", "unreadable")
    ]


def test_leaving_before_joining_is_no_attendance():
    found = read(one_stay("15/09/2026 15:00", "15/09/2026 14:00"))

    assert [one.reason for one in found.ignored] == ["unreadable"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a workbook", "Export the report as CSV"),
        (b"\x00\x01\x02\x03" * 50, "not a text table"),
        (b"\xff\xfe\x00", "not a text table"),
        (b"Dear all,\nthank you for coming.\n", "No table of people"),
        (b"Name,Country\nAnn,USA\n", "No table of people"),
        (b"Nom,Heure d'arriv\xc3\xa9e\nAnn,14:00\n", "headings in English"),
        (b'Name,Email,Join Time\n"' + b"x" * 200_000, "cannot be read|far too long"),
        (b"Name,Email,Duration\n" + b"a,b@c.example,1\n" * 20_001, "more than 20000 lines"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_hostile_files_get_one_clear_answer(raw: bytes, words: str):
    with pytest.raises(reports.Unreadable, match=words):
        reports.read(raw)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 27m 58s", 5278),
        ("50s", 50),
        ("1h 29m", 5340),
        ("1:02:03", 3723),
        ("93", 5580),
        ("", None),
        ("--", None),
        ("-5", None),
        ("nan", None),
        ("1e9", None),
        ("9" * 5000 + "h", None),
    ],
)
def test_lengths_are_read_however_they_are_written(text: str, seconds: int | None):
    assert stamps.length(text) == seconds


def teams(words: list[str], whole: list[str], single: list[str], first: str, *rows: str) -> bytes:
    """Return a report as Teams writes it in another language: tabs, UTF-16, numbered sections."""
    name, *rest = rows
    lines = [f"1. {words[0]}", f"{words[1]}\tLiens", "", f"2. {words[2]}", "\t".join(whole), first]
    lines += ["", f"3. {words[3]}", "\t".join(single), name, *rest, ""]
    return "\r\n".join(lines).encode("utf-16")


PERSON = "ann@example.org"
LANGUAGES = {
    "de": teams(
        ["Zusammenfassung", "Besprechungstitel", "Teilnehmer", "Aktivitäten in der Besprechung"],
        [
            "Name",
            "Erster Beitritt",
            "Letztes Verlassen",
            "Dauer der Besprechung",
            "E-Mail",
            "Teilnehmer-ID (UPN)",
            "Rolle",
        ],
        ["Name", "Beitrittszeit", "Verlassenszeit", "Dauer", "E-Mail", "Rolle"],
        f"Ann\t15.09.26, 14:00:00\t15.09.26, 15:00:00\t50 Min.\t{PERSON}\t{PERSON}\tReferent",
        f"Ann\t15.09.26, 14:00:00\t15.09.26, 14:20:00\t20 Min. 0 Sek.\t{PERSON}\tReferent",
        f"Ann\t15.09.26, 14:30:00\t15.09.26, 15:00:00\t30 Min. 0 Sek.\t{PERSON}\tReferent",
    ),
    "es": teams(
        ["Resumen", "Título de la reunión", "Participantes", "Actividades en la reunión"],
        [
            "Nombre",
            "Primera unión",
            "Última salida",
            "Duración en la reunión",
            "Correo electrónico",
            "Id. de participante (UPN)",
            "Rol",
        ],
        ["Nombre", "Hora de unión", "Hora de salida", "Duración", "Correo electrónico", "Rol"],
        f"Ann\t15/9/26, 2:00:00 p. m.\t15/9/26, 3:00:00 p. m.\t50 min\t{PERSON}\t{PERSON}\tMod",
        f"Ann\t15/9/26, 2:00:00 p. m.\t15/9/26, 2:20:00 p. m.\t20 min 0 s\t{PERSON}\tMod",
        f"Ann\t15/9/26, 2:30:00 p. m.\t15/9/26, 3:00:00 p. m.\t30 min 0 s\t{PERSON}\tMod",
    ),
    "fr": teams(
        ["Récapitulatif", "Titre de la réunion", "Participants", "Activités dans la réunion"],
        [
            "Nom",
            "Première participation",
            "Dernier départ",
            "Durée de la réunion",
            "E-mail",
            "ID du participant (UPN)",
            "Rôle",
        ],
        ["Nom", "Heure de connexion", "Heure de départ", "Durée", "E-mail", "Rôle"],
        f"Ann\t15/09/2026, 14:00:00\t15/09/2026, 15:00:00\t50 min\t{PERSON}\t{PERSON}\tAnim",
        f"Ann\t15/09/2026, 14:00:00\t15/09/2026, 14:20:00\t20 min 0 s\t{PERSON}\tAnim",
        f"Ann\t15/09/2026, 14:30:00\t15/09/2026, 15:00:00\t30 min 0 s\t{PERSON}\tAnim",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_teams_report_is_read_in_any_language(language: str) -> None:
    found = read(LANGUAGES[language])

    [person] = found.people
    assert (found.kind, found.ignored) == (reports.Kind.TEAMS, [])
    assert (person.email, person.connections, minutes(person)) == (PERSON, 2, 50)
    assert person.seconds_reported == 50 * 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_teams_summary_alone_counts_no_gaps(language: str) -> None:
    whole = LANGUAGES[language].decode("utf-16").partition("3. ")[0]

    [person] = read(whole).people

    assert (person.connections, minutes(person)) == (1, 50)


def test_numbered_section_of_another_width_is_not_guessed() -> None:
    with pytest.raises(reports.Unreadable):
        reports.read(b"2. Teilnehmer\nName;Beitritt;Rolle\nAnn;14:00;Referent\n")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 Std. 27 Min. 58 Sek.", 5278),
        ("1 h 27 min 58 s", 5278),
        ("2 horas 5 minutos", 7500),
        ("1 heure 27 minutes 58 secondes", 5278),
        ("45 seg", 45),
        ("5 Std.", 18000),
        ("", None),
        ("bald", None),
    ],
)
def test_lengths_are_read_in_the_languages_of_the_tools(text: str, seconds: int | None) -> None:
    assert stamps.length(text) == seconds
