"""Read a workbook that a stranger may have made: its texts, row by row, or one clear refusal."""

import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any
from xml.etree.ElementTree import ParseError

import nh3
import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_MEMBERS = 500
MOST_ROWS = 5_000  # that hold something
MOST_LOOKED_AT = 50_000  # blank ones included
MOST_COLUMNS = 100
MOST_TEXT = 10_000
_TAG = re.compile(
    r"</?(?:a|b|br|body|code|div|em|embed|font|h[1-6]|html|hr|i|iframe|img|li|object|ol|p|pre"
    r"|script|small|span|strong|style|sub|sup|svg|table|td|th|tr|u|ul|video)\b[^<>]*>"
    r"|<[a-z][a-z0-9-]*\s[^<>]*=[^<>]*>",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<(?:a|audio|embed|form|iframe|img|input|object|script|style|svg|video)\b[^<>]*>|<[^<>]*\son\w+=",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Unreadable(Exception):
    """The file cannot be taken; the text says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row that holds something, by the names in the sheet's first row."""

    number: int  # as the sheet counts
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the text under the first of these names that has one."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


def read(content: bytes) -> dict[str, list[Row]]:
    """Return the sheets by their names in small letters. Raises Unreadable."""
    _guard(content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        return {sheet.title.strip().lower(): _rows(sheet) for sheet in book.worksheets}
    except (
        *(InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError),
        *(AttributeError, IndexError, OSError, EOFError, NotImplementedError, OverflowError),
    ) as fault:
        raise Unreadable(_no_workbook()) from fault


def from_json(text: str) -> Any:
    """Return what a JSON text says; numbers that are none, and halves of characters, are faults.

    Raises ValueError or RecursionError.
    """
    text.encode()
    said = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    json.dumps(said, ensure_ascii=False).encode()  # an escape may say half of a character
    return said


def _no_number(word: str) -> float:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def words(text: str) -> str:
    """Return a text without markup and without characters that nobody sees."""
    text = _HIDDEN.sub("", text[:MOST_TEXT])
    return (unescape(nh3.clean(text, tags=set())) if _TAG.search(text) else text).strip()


def is_active(text: str) -> bool:
    """Whether words() takes more out of a text than its looks."""
    return bool(_ACTIVE.search(text))


def _guard(content: bytes) -> None:
    """Refuse bombs before anything is unpacked."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 10 MB. Take out what is not the survey."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
                raise Unreadable(_("The file unpacks to far more than a survey needs."))
            for member in members:
                _guard_member(packed, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as fault:
        raise Unreadable(_no_workbook()) from fault


def _guard_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse a part that is not as large as it says, or that declares XML entities."""
    with packed.open(member) as part:
        text = part.read(member.file_size + 1)
    if len(text) > member.file_size:
        raise Unreadable(_("The file unpacks to far more than a survey needs."))
    if member.filename.endswith((".xml", ".rels", ".vml")):
        is_wide = text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in text[:200]
        if is_wide or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Unreadable(_no_workbook())


def _rows(sheet: Any) -> list[Row]:
    sheet.reset_dimensions()
    head: list[str] | None = None
    found: list[Row] = []
    for number, cells in _filled(sheet):
        if head is None:
            head = [re.sub(r"\s+", " ", text).strip().lower() for text in cells]
            continue
        named = {n: t for n, t in zip(head, cells, strict=False) if n and t}
        if named:
            found.append(Row(number, named))
        if len(found) > MOST_ROWS:
            text = _("The sheet “%(name)s” has more than 5,000 rows.")
            raise Unreadable(text % {"name": sheet.title})
    return found


def _filled(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for number, values in enumerate(rows, start=1):
        if number > MOST_LOOKED_AT:
            return
        cells = [_text(value) for value in values]
        if any(cells):
            yield number, cells


def _text(value: Any) -> str:
    """Return a cell as a text; a formula's saved result counts, it is never worked out."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()[:MOST_TEXT]


def _no_workbook() -> str:
    return _("This is not an Excel workbook (.xlsx). Save the form as .xlsx and choose it again.")
