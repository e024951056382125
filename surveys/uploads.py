"""Which files an answer may hold: known kinds only, looked into and not judged by their names."""

import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, TypeAlias
from zipfile import BadZipFile, ZipFile

from django.core.files.base import File
from django.utils.translation import gettext as _

from surveys.models import Question

UploadedFile: TypeAlias = "File[bytes]"
MAX_MB = 25
MAX_FILES = 3
MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes


class Refused(Exception):
    """The file cannot be part of the answer; the text says what would be."""


def kinds(question: Question) -> list[str]:
    """Return the endings that the question takes, such as .pdf, in the survey's order."""
    wanted = question.limits.get("accept", list(_CHECKS))
    return [ending for ending in wanted if ending in _CHECKS]


def max_mb(question: Question) -> int:
    """Return how large one file may be, in megabytes."""
    wanted: int = question.limits.get("max_mb", MAX_MB)
    return min(wanted, MAX_MB)


def max_files(question: Question) -> int:
    """Return how many files one answer may hold."""
    most: int = question.limits.get("max_files", MAX_FILES)
    return most


def clean(question: Question, upload: UploadedFile) -> str:
    """Return the file's name without paths and control characters, or raise Refused."""
    name = _plain(upload.name or "")
    ending = PurePosixPath(name).suffix.lower()
    if ending not in kinds(question):
        known = ", ".join(kinds(question))
        raise Refused(_("“%(name)s” is not one of %(known)s.") % {"name": name, "known": known})
    if upload.size > max_mb(question) * 1024 * 1024:
        sizes = {"name": name, "most": max_mb(question)}
        raise Refused(_("“%(name)s” is larger than %(most)d MB.") % sizes)
    upload.seek(0)
    if not _CHECKS[ending](upload):
        raise Refused(
            _("“%(name)s” cannot be read as a %(ending)s file.") % {"name": name, "ending": ending}
        )
    upload.seek(0)
    return name


def _plain(raw: str) -> str:
    name = PurePosixPath(raw.replace("\\", "/")).name
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    path = PurePosixPath(name)
    return f"{path.stem[:150]}{path.suffix[:20]}"


def _begins(*marks: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda upload: upload.read(16).startswith(marks)


def _holds(member: str) -> Callable[[IO[bytes]], bool]:
    """Look for a document in a ZIP: not too many or too large parts, and no macros."""

    def look(upload: IO[bytes]) -> bool:
        try:
            parts = ZipFile(upload).infolist()
        except (BadZipFile, ValueError, OSError):
            return False
        names = {part.filename for part in parts}
        return (
            member in names
            and len(parts) <= MOST_MEMBERS
            and sum(part.file_size for part in parts) <= MOST_UNPACKED
            and not any("vbaProject" in name or name.startswith("Basic/") for name in names)
        )

    return look


_CHECKS: dict[str, Callable[[IO[bytes]], bool]] = {
    ".pdf": _begins(b"%PDF-"),
    ".docx": _holds("word/document.xml"),
    ".xlsx": _holds("xl/workbook.xml"),
    ".pptx": _holds("ppt/presentation.xml"),
    ".odt": _holds("content.xml"),
    ".ods": _holds("content.xml"),
    ".png": _begins(b"\x89PNG\r\n\x1a\n"),
    ".jpg": _begins(b"\xff\xd8\xff"),
    ".jpeg": _begins(b"\xff\xd8\xff"),
}
