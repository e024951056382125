"""Text files: words, tables, captions and calendars, and no page or program called one."""

import codecs
import re
from typing import IO

from django.utils.translation import gettext as _

from library import captions
from library.unfit import Found, Unfit

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_plain(upload: IO[bytes]) -> bool:
    """Whether this is text that does not begin like a page or a drawing."""
    text = _read(upload)
    return bool(text) and not text.lstrip().startswith("<")


def is_calendar(upload: IO[bytes]) -> bool:
    """Whether this is an iCalendar text from its beginning to its end."""
    text = _read(upload).strip().upper()
    return text.startswith("BEGIN:VCALENDAR") and text.endswith("END:VCALENDAR")


def captioned(upload: IO[bytes]) -> Found:
    """Take captions that a player can show. Raises Unfit."""
    try:
        captions.read(decoded(upload.read()))
    except captions.BadCaptions as bad:
        line, fault = bad.faults[0]
        said = {"name": "%(name)s", "line": line, "what": fault.replace("%", "%%")}
        text = _("“%(name)s” cannot be shown as captions. Line %(line)d: %(what)s")
        raise Unfit(text % said) from None
    return Found()


def decoded(raw: bytes) -> str:
    """Return the text in UTF-8, or in what Windows' older programs write."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="ignore")


def _read(upload: IO[bytes]) -> str:
    """Return the text, or "" when it is none."""
    text = decoded(upload.read())
    return "" if _CONTROL.search(text) else text
