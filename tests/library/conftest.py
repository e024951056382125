"""Files of the tests: made here, kept in a folder that goes away."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from tests.files import zipped

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


def docx(**parts: bytes) -> bytes:
    """Return a Word document; parts are named with __ for a slash."""
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    return zipped({"[Content_Types].xml": b"<Types/>", DOCUMENT: b"<w:document/>"} | named)
