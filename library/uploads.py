"""Which files the portal takes: known kinds only, looked into and not judged by their names."""

import unicodedata
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import IO, TypeAlias

from django.core.files.base import File
from django.utils.translation import gettext as _

from library import pictures, texts, videos, zipped

UploadedFile: TypeAlias = "File[bytes]"
MB = 1024 * 1024
_LONGEST_NAME, _LONGEST_ENDING = 150, 20


class Refused(Exception):
    """The file is not taken; the text says why, to the person who sent it."""


def clean(upload: UploadedFile, *, kinds: Collection[str], max_mb: int) -> str:
    """Return the file's name without paths and control characters, or raise Refused."""
    name = _plain(upload.name or "")
    ending = PurePosixPath(name).suffix.lower()
    if ending not in kinds or ending not in CHECKS:
        known = ", ".join(kinds)
        raise Refused(_("“%(name)s” is not one of %(known)s.") % {"name": name, "known": known})
    if upload.size > max_mb * MB:
        raise Refused(_("“%(name)s” is larger than %(most)d MB.") % {"name": name, "most": max_mb})
    if not upload.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name})
    upload.seek(0)
    if not CHECKS[ending](upload):
        raise Refused(
            _("“%(name)s” cannot be read as a %(ending)s file.") % {"name": name, "ending": ending}
        )
    upload.seek(0)
    return name


def _plain(raw: str) -> str:
    name = PurePosixPath(raw.replace("\\", "/")).name
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    path = PurePosixPath(name)
    return f"{path.stem[:_LONGEST_NAME]}{path.suffix[:_LONGEST_ENDING]}"


def _is_pdf(upload: IO[bytes]) -> bool:
    """Look for the mark at the very start, so that the file is nothing else before it."""
    return upload.read(5) == b"%PDF-"


CHECKS: dict[str, Callable[[IO[bytes]], bool]] = {
    ".pdf": _is_pdf,
    ".docx": zipped.holds("word/document.xml"),
    ".pptx": zipped.holds("ppt/presentation.xml"),
    ".xlsx": zipped.holds("xl/workbook.xml"),
    ".odt": zipped.holds("content.xml"),
    ".ods": zipped.holds("content.xml"),
    ".png": pictures.is_png,
    ".jpg": pictures.is_jpeg,
    ".jpeg": pictures.is_jpeg,
    ".csv": texts.is_table,
    ".ics": texts.is_calendar,
    ".mp4": videos.is_mp4,
    ".webm": videos.is_webm,
}
