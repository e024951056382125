"""What a form says, row by row, that nothing here takes: other languages, piping, more columns."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from surveys import workbooks, xlsform, xlsform_words
from surveys.workbooks import Row

Loss = tuple[str, int, str]  # sheet, row (0 is all of it) and what is to be said
_PIPED = re.compile(r"\$\{[^{}]*\}")
_SETTINGS = {"form_title", "title", "form_id", "id_string", "version", "default_language"}
KNOWN = {
    "survey": {*xlsform.COLUMNS} - {"guidance_hint", "required_message", "constraint_message"},
    "choices": {"list_name", "list name", "name", "value", "label"},
    "settings": {*_SETTINGS, "style", "namespaces"},
    "ciwo_definitions": {"id", "term", "text"},
    "ciwo_meta": {"key", "value"},
}


def of(sheets: dict[str, list[Row]], default: str) -> Iterator[Loss]:
    """Yield what is left out of a form whose own language is `default`."""
    for sheet, rows in sheets.items():
        if sheet not in KNOWN:
            if rows and not sheet.startswith("ciwo_"):
                yield sheet, 0, _("This sheet is not read.")
            continue
        for row in rows:
            if row.get("type").lower() not in xlsform_words.SILENT:
                yield from ((sheet, row.number, text) for text in _of_row(sheet, row, default))


def _of_row(sheet: str, row: Row, default: str) -> Iterator[str]:
    for texts in xlsform_words.spoken(row.cells, default).values():
        for language, text in texts[1:]:
            said = _("Only one language is taken; this is left out (%(language)s): %(text)s")
            yield said % {"language": language, "text": text}
        if piped := _PIPED.findall(texts[0][1]):
            said = _("Answers are not put into texts here; %(names)s stays as it is.")
            yield said % {"names": ", ".join(piped)}
        if workbooks.is_active(texts[0][1]):
            yield _("A script, picture, link or form in the text is left out.")
    for name in _more_columns(sheet, row):
        yield _("The column “%(name)s” is not known here.") % {"name": name}
    if not _is_sound(row.get("bind::ciwo:extra")):
        yield _("The column “%(name)s” cannot be read.") % {"name": "bind::ciwo:extra"}


def _more_columns(sheet: str, row: Row) -> list[str]:
    known = KNOWN[sheet]
    if any(name.startswith("bind::ciwo:") for name in row.cells):
        known = known | set(xlsform.COLUMNS)  # what we wrote there says nothing of its own
    return [
        name
        for name, text in row.cells.items()
        if text and name not in known and not xlsform_words.is_spoken(name)
    ]


def _is_sound(text: str) -> bool:
    try:
        return not text or isinstance(workbooks.from_json(text), dict)
    except (ValueError, RecursionError):
        return False
