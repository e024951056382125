"""Which files are taken: by what they hold, whatever they are called."""

import stat
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pytest
from django.core.files.base import File

from library import keeping, uploads, zipped
from tests.library.conftest import DOCUMENT, docx, jpeg, png, upload
from tests.library.conftest import zipped as packed

RELS = "word/_rels/document.xml.rels"
NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relation(kind: str, before: str = "") -> bytes:
    """Return a document's relations with one outward of this kind."""
    link = (
        f'<Relationship Id="a" Type="urn:x/{kind}" Target="https://x.org" TargetMode="External"/>'
    )
    return f'{before}<Relationships xmlns="{NAMESPACE}">{link}</Relationships>'.encode()


def with_part(info: ZipInfo, content: bytes) -> bytes:
    """Return a Word document with one part described by hand."""
    made = BytesIO(docx())
    with ZipFile(made, "a") as document:
        document.writestr(info, content)
    return made.getvalue()


def link_part() -> bytes:
    """Return a document with a link of a file system in it."""
    info = ZipInfo("word/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_part(info, b"/etc/passwd")


def taken(name: str, content: bytes) -> str:
    """Return the name under which the file is taken, or why it is not."""
    try:
        return keeping.checked_name(upload(name, content))
    except uploads.Refused as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7 ..."),
        ("a.docx", docx()),
        ("a.docx", docx(**{RELS: relation("hyperlink")})),
        ("a.pptx", packed({"ppt/presentation.xml": b"<p/>"})),
        ("a.xlsx", packed({"xl/workbook.xml": b"<w/>"})),
        ("a.PNG", png()),
        ("a.jpg", jpeg()),
        ("a.csv", b"agency,liens\nSeattle,1"),
        ("a.csv", "agency;a\u00f1o".encode("cp1252")),
        ("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ],
)
def test_known_files_are_taken(name: str, content: bytes):
    assert taken(name, content) == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>%PDF-"),
        ("a.docx", b"not a zip"),
        ("a.docx", b"PK\x03\x04 and then nothing"),
        ("a.docx", packed({DOCUMENT: b"x"}, prefix=b"<script>")),
        ("a.docx", packed({"xl/workbook.xml": b"<w/>"})),
        ("a.docx", docx(word__vbaProject=b"x")),
        ("a.docx", docx(**{"[Content_Types].xml": b'<a b="x.macroEnabled.main"/>'})),
        ("a.docx", docx(**{"../evil": b"x"})),
        ("a.docx", link_part()),
        ("a.docx", docx(**{RELS: relation("attachedTemplate")})),
        ("a.docx", docx(**{RELS: relation("hyperlink", "<!DOCTYPE a>")})),
        ("a.docx", docx(**{RELS: b"<not xml"})),
        ("a.docx", docx()[:-30] + b"\x00" * 30),
        ("a.xlsx", packed({"xl/workbook.xml": b"", "xl/externalLinks/externalLink1.xml": b""})),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("a.png", png(width=10_000, height=10_000)),
        ("a.png", png(width=0)),
        ("a.png", png(end=b"<script>")),
        ("a.png", png()[:24]),
        ("a.jpg", png()),
        ("a.jpg", jpeg(width=10_000, height=10_000)),
        ("a.jpg", b"\xff\xd8"),
        ("a.jpg", b"\xff\xd8\xff\xda\x00\x02"),
        ("a.jpg", jpeg()[:28]),
        ("a.csv", b"<svg onload=alert(1)>"),
        ("a.csv", b"MZ\x00\x01"),
        ("a.ics", b"BEGIN:VCALENDAR"),
    ],
)
def test_what_only_looks_like_it_is_refused(name: str, content: bytes):
    ending = name[1:]

    assert taken(name, content) == f"“{name}” cannot be read as a {ending} file."


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "is not one of"),
        ("a.svg", b"<svg/>", "is not one of"),
        ("a.html.pdf.html", b"%PDF-", "is not one of"),
        ("a", b"%PDF-", "is not one of"),
        ("a.odt", b"PK", "is not one of"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"%PDF-" + bytes(keeping.MAX_MB * uploads.MB), "is larger than 50 MB"),
    ],
)
def test_other_kinds_and_sizes_are_refused(name: str, content: bytes, why: str):
    assert why in taken(name, content)


def test_bomb_is_refused_before_it_is_unpacked():
    bomb = docx(word__media=bytes(zipped.MOST_UNPACKED + 1))

    answer = taken("a.docx", bomb)

    assert (len(bomb) < uploads.MB, "cannot be read" in answer) == (True, True)


def test_bomb_that_lies_about_its_size_is_refused():
    honest = docx(word__media=bytes(uploads.MB))
    lying = honest.replace((uploads.MB).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert "cannot be read" in taken("a.docx", lying)


def test_too_many_parts_are_refused():
    many = docx(**{f"word__{number}": b"" for number in range(zipped.MOST_MEMBERS)})

    assert "cannot be read" in taken("a.docx", many)


def test_too_long_relations_are_refused():
    long = docx(**{RELS: relation("hyperlink") + b" " * zipped.MOST_RELATIONS})

    assert "cannot be read" in taken("a.docx", long)


def test_encrypted_parts_are_refused():
    plain = docx()
    secret = plain.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")

    assert (secret != plain, "cannot be read" in taken("a.docx", secret)) == (True, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\notes.pdf", "notes.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str):
    assert keeping.checked_name(File(BytesIO(b"%PDF-1.7"), name=given)) == kept
