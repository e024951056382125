"""Kinds of files that are not taken: each says what to do instead."""

import pytest

from library import keeping, uploads
from tests.library.conftest import upload
from webinars import bringing


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.doc", "Open it, save it as .docx and choose that."),
        ("a.PPT", "Open it, save it as .pptx and choose that."),
        ("a.xls", "Open it, save it as .xlsx and choose that."),
        ("a.docm", "Open it, save it as .docx and choose that."),
        ("a.zip", "Unpack it and send what is inside, one file at a time."),
        ("a.heic", "Save the picture as .jpg or .png and choose that."),
        ("a.mp3", "Recordings need captions or a transcript"),
        ("a.mp4", "Recordings need captions or a transcript"),
        ("a.key", "Save or print it as a PDF and choose that."),
    ],
)
def test_what_is_not_taken_says_what_to_do(name: str, what: str):
    with pytest.raises(uploads.Refused, match=what):
        keeping.looked_into(upload(name, b"x"))


def test_only_kinds_of_the_place_are_recommended():
    with pytest.raises(uploads.Refused, match="Save or print it as a PDF"):
        bringing.checked(upload("a.doc", b"x"))
