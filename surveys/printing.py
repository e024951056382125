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
from django.utils.translation import ngettext

from surveys import submissions
from surveys.models import Response
from surveys.reading import Item, Sheet
from surveys.submissions import Change, Submission

# All texts go in as data: nothing that people typed is read as markup.
_SHEET = Path(settings.BASE_DIR) / "templates" / "surveys" / "answers.typ"


def pdf(sheet: Sheet, now: datetime, *, submission: Submission | None = None) -> bytes:
    """Return every question that applies with its answer and who may see it, to keep or print.

    With a submission, its sheet is printed with what changed since the one before.
    """
    made = typst.compile(
        str(_SHEET),
        sys_inputs={"answers": json.dumps(words(sheet, now, submission=submission))},
        format="pdf",
        pdf_standards="ua-1",
    )
    assert isinstance(made, bytes)  # noqa: S101 one sheet, no output path
    return made


def words(sheet: Sheet, now: datetime, *, submission: Submission | None = None) -> dict[str, Any]:
    """Return all that the sheet says, in the order in which it is read."""
    response = sheet.response
    changes = submission.changes if submission else {}
    return {
        "issuer": settings.SITE_NAME,
        "title": response.wave.title,
        "agency": str(response.agency),
        "state": _state(response, now),
        "submission": _("Submission %(n)d") % {"n": submission.number} if submission else "",
        "reopened": _reopened(submission) if submission else "",
        "number": ngettext(
            "%(answered)d of %(total)d question answered",
            "%(answered)d of %(total)d questions answered",
            sheet.total,
        )
        % {"answered": sheet.answered, "total": sheet.total},
        "sees": _("Who may see it:"),
        "demo": _("Demonstration data") if response.wave.is_demo else "",
        "parts": [
            {
                "heading": f"{part.number}. {part.section.title}",
                "items": [_item(item, change) for item, change in submissions.rows(part, changes)],
            }
            for part in sheet.parts
        ],
    }


def _item(item: Item, change: Change | None) -> dict[str, Any]:
    lines = item.lines or [_("No answer")]
    return {
        "question": f"{item.number} {item.question.label}",
        "lines": lines if item.applies else [_("Does not apply")],
        "change": change.said if change else [],
        "was": _("Before:") + " " + "; ".join(change.was) if change and change.was else "",
        "is_blank": not item.is_answered,
        "level": item.level if item.is_answered else "",
    }


def _reopened(one: Submission) -> str:
    """Return when and why it was opened again, if it was."""
    if one.reopening is None:
        return ""
    when = {"when": _moment(one.reopening.reopened_at), "reason": one.reopening.reason}
    return _("Opened again on %(when)s: %(reason)s") % when


def _state(response: Response, now: datetime) -> str:
    if response.submitted_at is None:
        return _("Draft, as saved on %(when)s") % {"when": _moment(now)}
    when = {"when": _moment(response.submitted_at), "name": response.submitted_by}
    if response.submitted_by is None:
        return _("Submitted on %(when)s") % when
    return _("Submitted by %(name)s on %(when)s") % when


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "F j, Y, P T")
