"""What the XML of Office documents says of programs, and of what is loaded from elsewhere."""

import re
from xml.parsers import expat

from django.utils.translation import gettext as _

from library.unfit import Unfit

# What programs may load from elsewhere when they open a document; nothing else may come from there.
_LOADED = {"video", "audio", "media", "image", "attachedTemplate"}
_LOADED |= {"externalLinkPath", "xlPathMissing", "externalLink", "slideUpdateUrl"}
# Elements that exchange with programs (DDE) or start a macro.
_RUNNING = {"ddeLink", "dde-source", "dde-connection", "dde-connection-decl", "event-listener"}
_FIELDS = {"instrText", "delInstrText", "fldSimple"}  # Word's: the field's name, then its words
_SOURCES = {"connection", "webPr", "dbPr", "textPr"}  # Excel's: where data comes from
_NOTED = _RUNNING | _FIELDS | _SOURCES | {"fldChar"}
# Pieces of these names: where none stands, a part is not read element by element.
_PIECES = (b"ddeLink", b"dde-", b"event-listener", b"nstrText", b"fldSimple", b"connections")
_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
_CODING = re.compile(rb"^[^>]{0,200}?encoding\s*=\s*[\"']([^\"']*)")
_KNOWN = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_ALWAYS = ("[content_types].xml", "meta-inf/manifest.xml")
_MACROS = ("macroenabled", "sun.star.oleobject")  # in what these two say
_FETCHES = {"INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "RD", "DATABASE"}
_FIELD = re.compile(r"\W*(\w+)(.*)", re.DOTALL)
_ARGUMENT = re.compile(r'"([^"]*)"|([^\s"]+)')


def refuse_codings(name: str, start: bytes) -> None:
    """Refuse XML that begins otherwise than in UTF-8 or UTF-16: no word is found in it."""
    is_xml = _START.match(start)
    if name.endswith(".xml") and start and not is_xml:
        raise Unfit
    plain = start[:600].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    coding = _CODING.match(plain) if is_xml and plain.startswith(b"<?xml") else None
    if coding and coding[1].lower() not in _KNOWN:
        raise Unfit


def may_tell(name: str, piece: bytes) -> bool:
    """Whether the part has to be read: most have no word of what is looked for."""
    if name.endswith(_ALWAYS):
        return True
    plain = piece.replace(b"\0", b"") if b"\0" in piece else piece  # UTF-16
    return any(word in plain for word in _PIECES)


class _Part:
    """One part as it is read: its fields, opened one inside the other, and what it loads."""

    def __init__(self, name: str) -> None:
        self.is_list = name.endswith(_ALWAYS)
        self.loads: list[str] = []
        self.fields: list[list[str]] = [[]]  # pieces of the words of each
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = _refuse_entities

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name[name.find(":") + 1 :]
        if self.is_list and _names_macros(attributes):
            raise Unfit(no_programs())
        if name not in _NOTED:  # nearly all; the others may take longer
            return
        said = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name in _RUNNING:
            raise Unfit(no_programs())
        if name == "fldSimple":
            self.loads += _of_field(said.get("instr", ""))
        elif name == "fldChar":
            self.turn(said.get("fldCharType", ""))
        elif name in _SOURCES:
            self.loads += _of_source(said)
        else:
            self.parser.CharacterDataHandler = self.fields[-1].append
            self.parser.EndElementHandler = self.end

    def end(self, name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None

    def turn(self, kind: str) -> None:
        """Open a field, or look at what is complete."""
        if kind == "begin":
            self.fields.append([])
            return
        self.loads += _of_field("".join(self.fields[-1]))
        self.fields[-1].clear()
        if kind == "end" and len(self.fields) > 1:
            self.fields.pop()


def loads(name: str, content: bytes) -> list[str]:
    """Return what a part loads from elsewhere. Raises Unfit where it runs something."""
    part = _Part(name)
    part.parser.Parse(content, True)
    left = [load for pieces in part.fields for load in _of_field("".join(pieces))]
    return part.loads + left


def relations(content: bytes) -> list[str]:
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
    parser.Parse(content, True)
    return found


def _refuse_entities(name: str, system: str | None, public: str | None, has_subset: bool) -> None:
    if has_subset:
        raise Unfit


def _names_macros(said: dict[str, str]) -> bool:
    return any(word in value.lower() for value in said.values() for word in _MACROS)


def _of_field(code: str) -> list[str]:
    """Return what a field of Word loads: its first word says what it does."""
    field = _FIELD.match(code)
    name = field[1].upper() if field else ""
    if name in ("DDE", "DDEAUTO"):
        raise Unfit(no_programs())
    if not field or (name not in _FETCHES and name != "INCLUDEPICTURE"):
        return []
    words = [quoted or bare for quoted, bare in _ARGUMENT.findall(field[2])]
    targets = [one.replace("\\\\", "\\") for one in words if re.search(r"[/:]|\\\\", one)]
    return _told("image" if name == "INCLUDEPICTURE" else "attachedTemplate", targets)


def _of_source(said: dict[str, str]) -> list[str]:
    """Return where a workbook's data come from; pages may send formulas that start programs."""
    pages = _told("attachedTemplate", [said["url"]] if said.get("url") else [])
    files = [said[key] for key in ("odcFile", "sourceFile", "connection") if said.get(key)]
    return pages + _told("externalLink", files)


def _told(kind: str, targets: list[str]) -> list[str]:
    for target in targets:
        if _is_elsewhere(kind, target):
            raise Unfit(_no_programs_from(target))
    return targets


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


def no_programs() -> str:
    """Say that a document holds something that runs."""
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
