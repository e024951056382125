"""The tables in a conferencing tool's report: whatever its encoding, separator and preamble.

Formats are told by what stands in a file, never by its name; a column is found by its heading,
whatever the heading's capitals and place.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

MOST_MB = 5
MOST_BYTES = MOST_MB * 1024 * 1024
MOST_ROWS = 20_000
MOST_CELL = 2_000  # characters

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r"\s+")
_BINARY = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
# The names of the columns, by what they hold; the first that a table has is taken.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("user name (original name)", "name (original name)", "user name", "name", "full name"),
    "first": ("first name",),
    "last": ("last name",),
    "email": ("email", "user email", "email address", "e-mail", "registration email"),
    "joined": ("join time", "first join", "first join time"),
    "left": ("leave time", "last leave", "last leave time"),
    "lasted": (
        *("time in session (minutes)", "total duration (minutes)", "duration (minutes)"),
        *("in-meeting duration", "total duration", "duration"),
    ),
    "waited": ("in waiting room",),
    "role": ("role",),
    "registered": ("registration time",),
    "approval": ("approval status",),
}
# What stands beside and is nobody's answer to a question.
_BESIDE = {
    *("attended", "is guest", "guest", "recording consent", "country/region name", "source name"),
    *("participant id (upn)", "country/region"),
}
# Teams writes headings in the language of who exports; the numbers of its sections, and which
# columns stand in them one after the other, are the same in all.
_NUMBERED = re.compile(r"[23]\. \S")
_BY_PLACE = {
    len(places): places
    for places in (
        ("name", "joined", "left", "lasted", "email", "role"),
        ("name", "joined", "left", "lasted", "email", "upn", "role"),
    )
}
_ROLES = {"host details": "host", "panelist details": "panelist", "attendee details": "attendee"}


class Unreadable(Exception):
    """The file is no report that can be read; the text says why and what to do."""


class Kind(StrEnum):
    """Which tool wrote a report, as far as what it says of people differs."""

    ZOOM_WEBINAR = "zoom-webinar"
    ZOOM_REGISTRATIONS = "zoom-registrations"
    ZOOM_MEETING = "zoom-meeting"
    TEAMS = "teams"
    TABLE = "table"


@dataclass(frozen=True)
class Row:
    """One line about somebody, as it is written."""

    number: int  # of the line in the file, the first being 1
    name: str = ""
    email: str = ""
    role: str = ""
    joined: str = ""
    left: str = ""
    lasted: str = ""
    registered: str = ""
    approval: str = ""
    waited: bool = False
    is_whole: bool = False  # from the first join to the last leave, with gaps between
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What a file says of people."""

    kind: Kind
    rows: list[Row]


@dataclass(frozen=True)
class _Table:
    section: str
    columns: Mapping[str, int]  # what a column holds, and which it is
    questions: Mapping[str, int]
    is_whole: bool  # from the first join to the last leave


def read(raw: bytes) -> Report:
    """Return what a report says, or raise Unreadable."""
    lines = list(_lines(decoded(raw)))
    rows: list[tuple[_Table, Row]] = []
    table, section, titles = None, "", set[str]()
    for number, cells in lines:
        if not any(cells):
            continue
        filled = [cell for cell in cells if cell]
        title = _plain(filled[0])
        heading = _heading(cells, section)
        if heading is None and table is None:
            heading = _heading_by_place(cells, section)
        if heading is not None:
            table = heading
        elif len(filled) == 1 and (title in _ROLES or _is_title(title)):
            table, section = None, title
            titles.add(title)
        elif table is not None:
            rows.append((table, _row(number, cells, table)))
    if not rows:
        raise Unreadable(
            _(
                "No table of people was found in it. Export the attendance or participant report "
                "as CSV: a column for the name or e-mail is needed, and headings in English, but "
                "for reports of Teams."
            )
        )
    return _report(rows, titles)


def decoded(raw: bytes) -> str:
    """Return the text of a file in any of the encodings that the tools write."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(_("It is larger than %d MB.") % MOST_MB)
    if not raw.strip():
        raise Unreadable(_("It is empty."))
    if raw.startswith(_BINARY):
        raise Unreadable(_("It is not a text table. Export the report as CSV and choose that."))
    text = _text(raw).removeprefix("\ufeff")
    if _CONTROL.search(text) or "\ufffd" in text:
        raise Unreadable(_("It is not a text table. Export the report as CSV and choose that."))
    return text


def _text(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    start = raw[:400]
    for zeros, encoding in ((start[1::2], "utf-16-le"), (start[0::2], "utf-16-be")):
        if zeros and zeros.count(0) > 0.6 * len(zeros):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with its line's number; tabs, semicolons or commas stand between cells."""
    head = text[:20_000]
    separator = max("\t,;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if reader.line_num > MOST_ROWS:
                raise Unreadable(_("It has more than %d lines.") % MOST_ROWS)
            if any(len(cell) > MOST_CELL for cell in cells):
                raise Unreadable(_("A cell in line %d is far too long.") % reader.line_num)
            yield reader.line_num, [_SPACES.sub(" ", cell).strip() for cell in cells]
    except csv.Error:
        raise Unreadable(_("Line %d cannot be read as a table.") % reader.line_num) from None


def _heading(cells: Sequence[str], section: str) -> _Table | None:
    """Return the table that a row of headings begins, or None where the row is none."""
    names = [_plain(cell) for cell in cells]
    found = {}
    for holds, called in _COLUMNS.items():
        known = [names.index(name) for name in called if name in names]
        if known:
            found[holds] = known[0]
    knows_who = {"name", "email"} & set(found)
    knows_more = {"joined", "lasted", "registered", "approval"} & set(found)
    if not knows_who or not knows_more or any(name.isdigit() for name in names):
        return None
    if "topic" in names or "meeting id" in names:  # what the meeting was, not who came
        return None
    others = {
        cell: place
        for place, cell in enumerate(cells)
        if cell and place not in found.values() and names[place] not in _BESIDE
    }
    is_whole = "joined" in found and names[found["joined"]].startswith("first join")
    return _Table(section, found, others, is_whole)


def _heading_by_place(cells: Sequence[str], section: str) -> _Table | None:
    """Return the table that the first row of one of Teams' sections begins, in any language."""
    width = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    names = _BY_PLACE.get(width)
    if names is None or not _NUMBERED.match(section) or not all(cells[:width]):
        return None
    if any(char.isdigit() for cell in cells for char in cell):
        return None
    columns = {name: place for place, name in enumerate(names)}
    return _Table(section, columns, {}, is_whole=section.startswith("2"))


def _row(number: int, cells: Sequence[str], table: _Table) -> Row:
    def cell(holds: str) -> str:
        place = table.columns.get(holds, len(cells))
        value = cells[place] if place < len(cells) else ""
        return "" if value in {"--", "-"} else value

    return Row(
        number=number,
        name=cell("name") or f"{cell('first')} {cell('last')}".strip(),
        email=cell("email"),
        role=cell("role") or _ROLES.get(table.section, ""),
        joined=cell("joined"),
        left=cell("left"),
        lasted=cell("lasted"),
        registered=cell("registered"),
        approval=cell("approval").lower(),
        waited=cell("waited").lower() == "yes",
        is_whole=table.is_whole,
        answers={
            name: cells[at] for name, at in table.questions.items() if any(cells[at : at + 1])
        },
    )


def _report(rows: list[tuple[_Table, Row]], titles: set[str]) -> Report:
    """Say which tool wrote it; single connections say more than the span that holds them."""
    if any(not table.is_whole and "joined" in table.columns for table, _row in rows):
        rows = [(table, row) for table, row in rows if not table.is_whole]
    tables = [table for table, _row in rows]
    if any(_NUMBERED.match(title) for title in titles):
        kind = Kind.TEAMS
    elif not any({"joined", "lasted"} & set(table.columns) for table in tables):
        kind = Kind.ZOOM_REGISTRATIONS
    elif "attendee details" in titles:
        kind = Kind.ZOOM_WEBINAR
    elif any("waited" in t.columns or "name (original name)" in t.columns for t in tables):
        kind = Kind.ZOOM_MEETING
    else:
        kind = Kind.TABLE
    return Report(kind, [row for _table, row in rows])


def _is_title(text: str) -> bool:
    return text.endswith(("details", "report", "attended")) or bool(re.match(r"\d\. \w", text))


def _plain(cell: str) -> str:
    return cell.strip().lower()
