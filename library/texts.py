"""Text files: tables and calendars, and no page or program that calls itself one."""

import re
from typing import IO

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_table(upload: IO[bytes]) -> bool:
    """Whether this is text that does not begin like a page or a drawing."""
    text = _read(upload)
    return bool(text) and not text.lstrip().startswith("<")


def is_calendar(upload: IO[bytes]) -> bool:
    """Whether this is an iCalendar text from its beginning to its end."""
    text = _read(upload).strip().upper()
    return text.startswith("BEGIN:VCALENDAR") and text.endswith("END:VCALENDAR")


def _read(upload: IO[bytes]) -> str:
    """Return the text, or "" when it is none; spreadsheets also write older alphabets."""
    raw = upload.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="ignore")
    return "" if _CONTROL.search(text) else text
