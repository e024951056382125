"""A response as a tagged PDF: title, language, headings and reading order are set (PDF/UA-1)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.models import Response, SharingLevel
from surveys.reading import Item, Sheet

# All texts go in as data: nothing that people typed is read as markup.
_SHEET = Path(settings.BASE_DIR) / "templates" / "surveys" / "answers.typ"


def pdf(sheet: Sheet, now: datetime) -> bytes:
    """Return every question that applies with its answer and who may see it, to keep or print."""
    made = typst.compile(
        str(_SHEET),
        sys_inputs={"answers": json.dumps(words(sheet, now))},
        format="pdf",
        pdf_standards="ua-1",
    )
    assert isinstance(made, bytes)  # noqa: S101 one sheet, no output path
    return made


def words(sheet: Sheet, now: datetime) -> dict[str, Any]:
    """Return all that the sheet says, in the order in which it is read."""
    response = sheet.response
    return {
        "issuer": settings.SITE_NAME,
        "title": response.wave.title,
        "agency": str(response.agency),
        "state": _state(response, now),
        "number": _("%(answered)d of %(total)d questions answered")
        % {"answered": sheet.answered, "total": sheet.total},
        "sees": _("Who may see it:"),
        "demo": _("Demonstration data") if response.wave.is_demo else "",
        "parts": [
            {
                "heading": f"{part.number}. {part.section.title}",
                "items": [_item(item) for item in part.items if item.applies],
            }
            for part in sheet.parts
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "question": f"{item.number} {item.question.label}",
        "lines": item.lines or [_("No answer")],
        "is_blank": not item.is_answered,
        "level": str(SharingLevel(item.entry.sharing).label) if item.is_answered else "",
    }


def _state(response: Response, now: datetime) -> str:
    if response.submitted_at is None:
        return _("Draft, as saved on %(when)s") % {"when": _moment(now)}
    when = {"when": _moment(response.submitted_at), "name": response.submitted_by}
    if response.submitted_by is None:
        return _("Submitted on %(when)s") % when
    return _("Submitted by %(name)s on %(when)s") % when


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "F j, Y, P T")
