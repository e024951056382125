"""Files are looked into and not judged by their names."""

import io
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys import uploads
from surveys.models import Question
from tests.files import pdf


def packed(*names: str, size: int = 4) -> bytes:
    """Return a ZIP of these members."""
    whole = io.BytesIO()
    with ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>".ljust(size))
    return whole.getvalue()


def clean(name: str, content: bytes, **limits: Any) -> str:
    """Return the cleaned name, or what the person is told."""
    question = Question(type="file", limits=limits)
    try:
        return str(uploads.clean(question, SimpleUploadedFile(name, content)).name)
    except uploads.Refused as refusal:
        return f"refused: {refusal}"


MACRO = (
    "holds a macro, a program or an embedded object. Save it as a document without macros and with "
    "pictures in their place, or as a PDF; choose that."
)
DOCX = packed("word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("Manual (2).PDF", pdf(), "Manual (2).PDF"),
        ("a.docx", DOCX, "a.docx"),
        ("a.xlsx", packed("xl/workbook.xml"), "a.xlsx"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "refused: “a.png” cannot be read as a .png file."),
        ("..\\..\\evil\x00.pdf", pdf(), "evil.pdf"),
        ("x" * 300 + ".pdf", pdf(), "x" * 150 + ".pdf"),
        ("a.pdf", b"<html>", "refused: “a.pdf” cannot be read as a .pdf file."),
        ("a.docx", b"PK not", "refused: “a.docx” cannot be read as a .docx file."),
        ("a.docx", packed("content.xml"), "refused: “a.docx” cannot be read as a .docx file."),
        (
            "a.docx",
            packed("word/document.xml", "word/vbaProject.bin"),
            f"refused: “a.docx” {MACRO}",
        ),
        (
            "a.odt",
            packed("content.xml", "Basic/script.xml"),
            f"refused: “a.odt” {MACRO}",
        ),
    ],
)
def test_clean(name: str, content: bytes, said: str) -> None:
    assert clean(name, content) == said


@pytest.mark.parametrize("name", ["a.exe", "a.svg", "pdf", "a.docx.html"])
def test_only_the_questions_kinds_are_taken(name: str) -> None:
    assert clean(name, b"%PDF-", accept=[".pdf", ".docx", ".exe"]) == (
        f"refused: “{name}” is not one of .pdf, .docx. Save or print it as a PDF and choose that."
    )


def test_a_large_file_is_refused() -> None:
    said = clean("a.pdf", b"%PDF-" + b"x" * 1024 * 1024, max_mb=1)

    assert said == "refused: “a.pdf” is larger than 1 MB. Send a smaller file."


def test_a_bomb_is_refused() -> None:
    many = packed("word/document.xml", *(f"{n}" for n in range(2_000)))

    assert clean("a.docx", many) == (
        "refused: “a.docx” unpacks to far more than a document needs. Save it as a PDF."
    )


def test_the_portals_own_limit_holds() -> None:
    assert uploads.max_mb(Question(limits={"max_mb": 900})) == 25
