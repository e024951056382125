"""Office documents are ZIP files: looked through part by part before they are taken."""

import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from library import office_xml
from library.office_xml import no_programs
from library.unfit import Found, Unfit

MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_RELATIONS = 4 * 1024 * 1024  # bytes of all lists of relations
MOST_READ = 16 * 1024 * 1024  # bytes of XML with fields and the like
MOST_TAGS = 1_000_000  # in it: some 500,000 elements
MOST_INSIDE = 25 * 1024 * 1024  # bytes of a document inside one
MOST_TOLD = 5
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1  # a ZIP's flag
_COMMENT = 22  # bytes of the end of a ZIP that has none
# Parts that run: Visual Basic, Excel 4 macros, ActiveX, scripts of OpenDocument.
_RUNNING: tuple[str, ...] = ("vbaproject", "vbadata", "macrosheets/", "dialogsheets/", "activex/")
_RUNNING += ("basic/", "scripts/")
_PROGRAMS = {".exe", ".dll", ".scr", ".com", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse"}
_PROGRAMS |= {".wsf", ".hta", ".jar", ".lnk", ".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xll"}
_PROGRAMS |= {".xlsb", ".pptm", ".potm", ".ppsm", ".ppam"}
_DOCUMENTS = {".docx", ".xlsx", ".pptx"}  # behind a chart stands its table, as a file of its own
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DEEPEST = 1  # documents inside a document


@dataclass
class _Look:
    """What has been seen of a document and of those inside it."""

    members: int = 0
    unpacked: int = 0
    relations: int = 0
    read: int = 0  # bytes of XML that was read element by element
    tags: int = 0  # in it
    outside: list[str] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)  # parts that stand for other workbooks


def holds(member: str) -> Callable[[IO[bytes]], Found]:
    """Return a check: a ZIP with this part, sound, of a bearable size, without what runs."""

    def look(upload: IO[bytes]) -> Found:
        so_far = _Look()
        try:
            _open(upload, member, so_far, depth=0)
        except (BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError):
            raise Unfit from None
        except (ValueError, OSError, RuntimeError):
            raise Unfit from None
        unnamed = sorted(so_far.linked) if not so_far.outside else []
        return Found(outside=tuple(dict.fromkeys(so_far.outside + unnamed))[:MOST_TOLD])

    return look


def _open(upload: IO[bytes], member: str, so_far: _Look, *, depth: int) -> None:
    if upload.read(4) != b"PK\x03\x04":  # nothing may stand before it
        raise Unfit
    upload.seek(-_COMMENT, 2)
    if upload.read(4) != b"PK\x05\x06":  # nor behind it
        raise Unfit
    upload.seek(0)
    with ZipFile(upload) as document:
        parts = document.infolist()
        if member and member not in {part.filename for part in parts}:
            raise Unfit
        so_far.members += len(parts)
        so_far.unpacked += sum(part.file_size for part in parts)
        if so_far.members > MOST_MEMBERS or so_far.unpacked > MOST_UNPACKED:
            raise Unfit(_too_much())
        for part in parts:
            _refuse_by_name(part)
            _look_into(document, part, so_far, depth)


def _refuse_by_name(part: ZipInfo) -> None:
    name = part.filename.lower()
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    if is_link or part.flag_bits & _ENCRYPTED or path.is_absolute() or ".." in path.parts:
        raise Unfit
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others take far longer
        raise Unfit
    if any(word in name for word in _RUNNING) or path.suffix in _PROGRAMS:
        raise Unfit(no_programs())


def _look_into(document: ZipFile, part: ZipInfo, so_far: _Look, depth: int) -> None:
    """Read the part to its end: what it says of its size and sum must be true."""
    name = part.filename.lower()
    if name.endswith(".rels"):
        so_far.relations += part.file_size
        if so_far.relations > MOST_RELATIONS:
            raise Unfit
        so_far.outside += office_xml.relations(document.read(part))
    if "externallinks/" in name and name.endswith(".xml"):
        so_far.linked.add(part.filename)
    if _has_to_be_read(document, part):
        so_far.outside += _read(document, part, so_far)
    if PurePosixPath(name).suffix in _DOCUMENTS:
        if depth >= _DEEPEST or part.file_size > MOST_INSIDE:
            raise Unfit(no_programs())
        _open(BytesIO(document.read(part)), "", so_far, depth=depth + 1)


def _read(document: ZipFile, part: ZipInfo, so_far: _Look) -> list[str]:
    so_far.read += part.file_size
    if so_far.read > MOST_READ:
        raise Unfit(_too_much())
    content = document.read(part)
    so_far.tags += content.count(b"<")
    if so_far.tags > MOST_TAGS:
        raise Unfit(_too_much())
    return office_xml.loads(part.filename.lower(), content)


def _has_to_be_read(document: ZipFile, part: ZipInfo) -> bool:
    name, before, may_tell = part.filename.lower(), b"", False
    for chunk in _chunks(document, part):
        if not before:
            if chunk.startswith(_OLE):
                raise Unfit(no_programs())
            office_xml.refuse_codings(name, chunk)
        may_tell = may_tell or office_xml.may_tell(name, before + chunk)
        before = chunk[-100:]  # a word may stand on both sides of a cut
    return may_tell


def _chunks(document: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with document.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _too_much() -> str:
    return _("“%(name)s” unpacks to far more than a document needs. Save it as a PDF.")
