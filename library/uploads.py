"""Which files the portal takes: known kinds only, looked into and not judged by their names."""

import unicodedata
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import IO, Any, TypeAlias

from django.core.files.base import ContentFile, File
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from library import other_kinds, pdfs, pictures, scanning, texts, videos, zipped
from library.unfit import Found, Unfit

UploadedFile: TypeAlias = "File[bytes]"
MB = 1024 * 1024
_LONGEST_NAME, _LONGEST_ENDING = 150, 20


class Refused(Exception):
    """The file is not taken; the text says why, to the person who sent it."""


class Taken(File):  # type: ignore[type-arg] # no generic at run time
    """A file that was looked into, under a clean name; `outside` are addresses that it may load."""

    def __init__(self, file: IO[bytes], name: str, outside: tuple[str, ...] = ()) -> None:
        super().__init__(file, name)
        self.outside = outside

    def __getattr__(self, name: str) -> Any:
        """Let storage move a large file that the server has put down, instead of copying it."""
        if name == "temporary_file_path":
            return getattr(self.file, name)
        raise AttributeError(name)

    @property
    def note(self) -> str:
        """Say what whoever sent it should know, or nothing."""
        if not self.outside:
            return ""
        text = _("“%(name)s” is taken. Programs may ask to load from elsewhere: %(where)s.")
        return text % {"name": self.name, "where": ", ".join(one[:200] for one in self.outside)}


def clean(upload: UploadedFile, *, kinds: Collection[str], max_mb: int) -> Taken:
    """Return the file as it is kept: under a name without paths, pictures without notes.

    One that was looked into already is not looked into again. Raises Refused.
    """
    if isinstance(upload, Taken):
        return upload
    name = _plain(upload.name or "")
    ending = PurePosixPath(name).suffix.lower()
    if ending not in kinds or ending not in CHECKS:
        said = {"name": name, "known": ", ".join(kinds)}
        text = _("“%(name)s” is not one of %(known)s.") % said
        raise Refused(f"{text} {other_kinds.what_to_do(ending, kinds)}")
    if upload.size > max_mb * MB:
        raise Refused(too_large(max_mb) % {"name": name})
    if not upload.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name})
    found = _looked_into(upload, name, ending)
    scan(upload, name)
    upload.seek(0)
    kept: File[bytes] = upload if found.content is None else ContentFile(found.content)
    return Taken(kept, name, found.outside)


def too_large(max_mb: int) -> str:
    """Say what to do with a file that is too large; %(name)s stands for its name."""
    text = _("“%(name)s” is larger than %(most)d MB. Send a smaller file.")
    return text % {"name": "%(name)s", "most": max_mb}


def sizes_told(max_mb: int) -> dict[str, Any]:
    """Return what a field tells the browser, which says of a file that it is too large."""
    return {"data-max-mb": max_mb, "data-too-large": lazy(too_large, str)(max_mb)}


def scan(upload: UploadedFile, name: str) -> None:
    """Let the virus scanner, where there is one, look at a file. Raises Refused."""
    upload.seek(0)
    try:
        virus = scanning.virus_in(upload)
    except scanning.TooLarge:
        text = _("“%(name)s” is larger than the virus scanner takes. Send a smaller file.")
        raise Refused(text % {"name": name}) from None
    except scanning.Away:
        text = _(
            "“%(name)s” is not taken now: the virus scanner does not answer. Try again in some "
            "minutes."
        )
        raise Refused(text % {"name": name}) from None
    if virus:
        text = _("“%(name)s” is not taken: the virus scanner found %(virus)s in it.")
        raise Refused(text % {"name": name, "virus": virus})
    upload.seek(0)


def _looked_into(upload: UploadedFile, name: str, ending: str) -> Found:
    upload.seek(0)
    try:
        return CHECKS[ending](upload)
    except Unfit as unfit:
        said = str(unfit) or _("“%(name)s” cannot be read as a %(ending)s file.")
        raise Refused(said % {"name": name, "ending": ending}) from None


def _plain(raw: str) -> str:
    name = PurePosixPath(raw.replace("\\", "/")).name
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    path = PurePosixPath(name)
    return f"{path.stem[:_LONGEST_NAME]}{path.suffix[:_LONGEST_ENDING]}"


def _if(is_it: Callable[[IO[bytes]], bool]) -> Callable[[IO[bytes]], Found]:
    def look(upload: IO[bytes]) -> Found:
        if not is_it(upload):
            raise Unfit
        return Found()

    return look


CHECKS: dict[str, Callable[[IO[bytes]], Found]] = {
    ".pdf": pdfs.pdf,
    ".docx": zipped.holds("word/document.xml"),
    ".pptx": zipped.holds("ppt/presentation.xml"),
    ".xlsx": zipped.holds("xl/workbook.xml"),
    ".odt": zipped.holds("content.xml"),
    ".ods": zipped.holds("content.xml"),
    ".odp": zipped.holds("content.xml"),
    ".png": pictures.png,
    ".jpg": pictures.jpeg,
    ".jpeg": pictures.jpeg,
    ".csv": _if(texts.is_plain),
    ".txt": _if(texts.is_plain),
    ".md": _if(texts.is_plain),
    ".vtt": texts.captioned,
    ".srt": texts.captioned,
    ".ics": _if(texts.is_calendar),
    ".mp4": _if(videos.is_mp4),
    ".webm": _if(videos.is_webm),
}
