"""Read what answers are held to: as the portal wrote it, or as a constraint says it."""

import re
from typing import Any

from django.utils.translation import gettext as _

from surveys import workbooks, xlsform, xlsform_words
from surveys.workbooks import Row

Object = dict[str, Any]
_SAID = ("min", "max", "max_length")  # what a constraint says as well
_PATTERNS = (
    *(xlsform_words.ALONE, xlsform_words.LENGTH),
    *(xlsform_words.LEAST, xlsform_words.LIMIT),
)


def of_portal(row: Row) -> Object:
    """Return what only the portal knows; what cannot be read is listed by xlsform_losses."""
    try:
        said = workbooks.from_json(row.get("bind::ciwo:extra") or "{}")
    except (ValueError, RecursionError):
        return {}
    names = {*xlsform.EXTRA, "allow_not_reported", "required"}
    return {n: v for n, v in said.items() if n in names} if isinstance(said, dict) else {}


def read(row: Row, question: Object, ours: dict[str, str]) -> tuple[Object, list[str]]:
    """Return the limits, and what is to be said of them; `ours` are our names of choices."""
    known, said = of_portal(row), row.get("constraint")
    if known and xlsform.constraint(question | known).get("constraint", "") == said:
        return known, []
    found: Object = {n: v for n, v in known.items() if n not in _SAID}
    rest = said
    for pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            found |= xlsform_words.limit(pattern, match, question["type"], ours)
        rest = pattern.sub("", rest)
    remarks = []
    if re.search(r"[.$]|selected", rest):
        text = _("A part of the constraint is not known here: %(said)s")
        remarks.append(text % {"said": said})
    if gone := [name for name in _SAID if name in known and known[name] != found.get(name)]:
        text = _("Left out, as the constraint does not say so: %(names)s.")
        remarks.append(text % {"names": ", ".join(gone)})
    return found, remarks
