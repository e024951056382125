"""Office documents are ZIP files: looked through part by part before they are taken."""

import re
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

from library.unfit import Found, Unfit

MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_RELATIONS = 4 * 1024 * 1024  # bytes of all lists of relations
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
# How XML says so: exchange between programs (DDE), objects, and what starts a macro.
_OPEN = (b"dde-source", b"dde-connection", b":event-listener ")
_ACTS = (
    ("[content_types].xml", (b"macroEnabled", b"macroenabled")),
    ("meta-inf/manifest.xml", (b"sun.star.oleobject",)),
    ("content.xml", _OPEN),
    ("styles.xml", _OPEN),
    (".xml", (b"ddeLink",)),
)
# What programs may load from elsewhere when they open a document; nothing else may come from there.
_LOADED = {"video", "audio", "media", "image", "attachedTemplate"}
_LOADED |= {"externalLinkPath", "xlPathMissing", "externalLink", "slideUpdateUrl"}


@dataclass
class _Look:
    """What has been seen of a document and of those inside it."""

    members: int = 0
    unpacked: int = 0
    relations: int = 0
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
            text = _("“%(name)s” unpacks to far more than a document needs. Save it as a PDF.")
            raise Unfit(text)
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
        raise Unfit(_no_programs())


def _look_into(document: ZipFile, part: ZipInfo, so_far: _Look, depth: int) -> None:
    """Read the part to its end: what it says of its size and sum must be true."""
    name = part.filename.lower()
    if name.endswith(".rels"):
        so_far.relations += part.file_size
        if so_far.relations > MOST_RELATIONS:
            raise Unfit
        so_far.outside += _pulls(document.read(part))
    if "externallinks/" in name and name.endswith(".xml"):
        so_far.linked.add(part.filename)
    _refuse_by_content(document, part)
    if PurePosixPath(name).suffix in _DOCUMENTS:
        if depth >= _DEEPEST or part.file_size > MOST_INSIDE:
            raise Unfit(_no_programs())
        _open(BytesIO(document.read(part)), "", so_far, depth=depth + 1)


def _refuse_by_content(document: ZipFile, part: ZipInfo) -> None:
    name, before = part.filename.lower(), b""
    told = next((words for end, words in _ACTS if name.endswith(end)), ())
    for chunk in _chunks(document, part):
        is_object = not before and chunk.startswith(_OLE)
        seen = before + chunk if told else b""
        if is_object or any(word in seen for word in told):
            raise Unfit(_no_programs())
        before = chunk[-100:]  # a word may stand on both sides of a cut


def _chunks(document: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with document.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _pulls(relations: bytes) -> list[str]:
    """Return what programs load from elsewhere; links that a reader follows are not told of."""
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rsplit("/", maxsplit=1)[-1]
        is_outside = attributes.get("TargetMode", "").lower() == "external"
        if not is_outside or kind == "hyperlink":
            return
        target = attributes.get("Target", "")
        if kind not in _LOADED or _is_elsewhere(kind, target):
            raise Unfit(_no_programs_from(target))
        found.append(target)

    def refuse(*declared: object) -> None:
        raise Unfit

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(relations, True)
    return found


def _host(target: str) -> str:
    """Return the machine that a path of the file system names; "" for one's own."""
    path = target.replace("\\", "/")
    path = path[5:] if path.lower().startswith("file:") else path
    slashes = len(path) - len(path.lstrip("/"))
    is_local = slashes in (0, 1, 3) or re.match(r"/*[A-Za-z]:", path)
    return "" if is_local else path.lstrip("/").partition("/")[0]


def _is_elsewhere(kind: str, target: str) -> bool:
    """Whether it is loaded from where the sender's office does not keep it.

    A share of the office has a name without dots; a template is not fetched from the Internet.
    """
    scheme, colon, _rest = target.partition(":")
    is_path = not colon or len(scheme) == 1 or scheme.lower() == "file"
    if is_path:
        return bool(re.search(r"[.@]", _host(target)))
    return kind == "attachedTemplate"


def _no_programs() -> str:
    return _(
        "“%(name)s” holds a macro, a program or an embedded object. Save it as a document without "
        "macros and with pictures in their place, or as a PDF; choose that."
    )


def _no_programs_from(target: str) -> str:
    text = _(
        "“%(name)s” loads a template or object from elsewhere when it is opened: %(where)s. Take "
        "it out, or save the document as a PDF; choose that."
    )
    return text % {"name": "%(name)s", "where": target[:200].replace("%", "%%")}
