"""Files of the tests: made here, kept in a folder that goes away."""

import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

DOCUMENT = "word/document.xml"


@pytest.fixture(autouse=True)
def kept(settings: Settings, tmp_path: Path) -> Path:
    """The folder where files are kept, for one test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(folder: Path) -> list[str]:
    """Return the endings of the files on the disk."""
    return sorted(path.suffix for path in folder.rglob("*") if path.is_file())


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def zipped(parts: dict[str, bytes], prefix: bytes = b"") -> bytes:
    """Return a ZIP of these parts, packed."""
    packed = BytesIO(prefix)
    packed.seek(len(prefix))
    with ZipFile(packed, "a" if prefix else "w", ZIP_DEFLATED) as document:
        for name, content in parts.items():
            document.writestr(name, content)
    return packed.getvalue()


def docx(**parts: bytes) -> bytes:
    """Return a Word document; parts are named with __ for a slash."""
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    return zipped({"[Content_Types].xml": b"<Types/>", DOCUMENT: b"<w:document/>"} | named)


def png(width: int = 4, height: int = 3, end: bytes = b"") -> bytes:
    """Return the head and foot of a PNG of this size."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    size = struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00" + b"\x00" * 4
    return head + size + b"\x00\x00\x00\x00IEND\xaeB`\x82" + end


def jpeg(width: int = 4, height: int = 3) -> bytes:
    """Return the head of a JPEG of this size."""
    about = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + b"\x00" * 9
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x00" * 3
    return b"\xff\xd8" + about + frame + b"\xff\xda" + b"\x00" * 8 + b"\xff\xd9"
