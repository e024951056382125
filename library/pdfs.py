"""PDFs are for reading: what does something by itself, or carries other files, is not taken."""

import json
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library import apart
from library.unfit import Found, Unfit

MOST_OBJECTS = 200_000
# The words of library/looking.py; links to pages and within the document are fine.
_DOES: dict[str, str | Promise] = {
    "script": gettext_lazy("runs a script"),
    "program": gettext_lazy("starts a program"),
    "sending": gettext_lazy("sends or takes in the entries of a form"),
    "file": gettext_lazy("carries or opens other files"),
    "media": gettext_lazy("plays a video, a sound or a 3D model"),
    "xfa": gettext_lazy("holds a form that only some programs show (XFA)"),
}


def pdf(upload: IO[bytes]) -> Found:
    """Let a plain PDF pass, encrypted or not. Raises Unfit."""
    raw = upload.read()
    if not raw.startswith(b"%PDF-"):  # at the very start, so that the file is nothing else
        raise Unfit
    if raw.count(b" obj") > MOST_OBJECTS:
        raise Unfit(_too_long())
    try:
        words = json.loads(apart.run("pdf", raw))
    except apart.Failed:
        raise Unfit from None
    except apart.TookTooLong:
        raise Unfit(_too_long()) from None
    if words:
        raise Unfit(_why(words))
    return Found()


def _too_long() -> str:
    return _("“%(name)s” takes too long to look through. Print it to a PDF file; choose that.")


def _why(words: list[str]) -> str:
    if "broken" in words:
        return ""
    if "locked" in words:
        return _("“%(name)s” asks for a password. Save it without one and choose that.")
    if "behind" in words:
        return _("“%(name)s” has something behind its end. Print it to a PDF file; choose that.")
    does = ", ".join(str(_DOES[word]) for word in words)
    text = _(
        "“%(name)s” %(does)s. Print it to a PDF file, which keeps what one reads; choose that."
    )
    return text % {"name": "%(name)s", "does": does}
