"""Office documents are ZIP files: looked through part by part before they are taken."""

import stat
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_RELATIONS = 4 * 1024 * 1024  # bytes of one list of relations
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1  # a ZIP's flag
# Parts that run: Visual Basic, Excel 4 macros, ActiveX, scripts of OpenDocument.
_RUNNING = ("vbaproject", "vbadata", "macrosheets/", "activex/", "basic/", "scripts/")
_LINKED = ("externallinks/",)


class _Refused(Exception):
    """A part that the document must not have."""


def holds(member: str) -> Callable[[IO[bytes]], bool]:
    """Return a check: a ZIP with this part, sound, of a bearable size, without macros or pulls."""

    def look(upload: IO[bytes]) -> bool:
        if upload.read(4) != b"PK\x03\x04":  # nothing may stand before it
            return False
        upload.seek(0)
        try:
            with ZipFile(upload) as document:
                _look_through(document, member)
        except (BadZipFile, _Refused, zlib.error, expat.ExpatError):
            return False
        except (ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
            return False
        return True

    return look


def _look_through(document: ZipFile, member: str) -> None:
    parts = document.infolist()
    if member not in {part.filename for part in parts}:
        raise _Refused
    if len(parts) > MOST_MEMBERS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _Refused
    for part in parts:
        _refuse_by_name(part)
        _unpack(document, part)
        if part.filename.endswith(".rels"):
            _refuse_pulls(document.read(part))
        if part.filename == "[Content_Types].xml" and b"macroenabled" in _lower(document, part):
            raise _Refused


def _refuse_by_name(part: ZipInfo) -> None:
    name = part.filename.lower()
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    if is_link or part.flag_bits & _ENCRYPTED or path.is_absolute() or ".." in path.parts:
        raise _Refused
    if any(word in name for word in (*_RUNNING, *_LINKED)):
        raise _Refused


def _unpack(document: ZipFile, part: ZipInfo) -> None:
    """Read the part to its end: what it says of its size and sum must be true."""
    if part.filename.endswith(".rels") and part.file_size > MOST_RELATIONS:
        raise _Refused
    with document.open(part) as stream:
        while stream.read(_CHUNK):
            pass


def _lower(document: ZipFile, part: ZipInfo) -> bytes:
    return document.read(part).lower()


def _refuse_pulls(relations: bytes) -> None:
    """Links that a reader follows are fine; what a program fetches by itself is not."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        is_external = attributes.get("TargetMode", "").lower() == "external"
        kind = attributes.get("Type", "").rsplit("/", maxsplit=1)[-1]
        if is_external and kind != "hyperlink":
            raise _Refused

    def refuse(*declared: object) -> None:
        raise _Refused

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(relations, True)
