"""Full-text search: words are stemmed, accents ignored, the last word may be unfinished."""

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

CONFIG = "ciwo_english"  # made by this app's first migration
_WORD = re.compile(r"\w+")
_MOST_WORDS = 12
# Marks that no text can hold, so that a text is escaped before they become tags.
_START, _STOP = "\x02", "\x03"


def query(text: str) -> SearchQuery | None:
    """Return the question for the words in a text, or None when it holds none."""
    words = _WORD.findall(text)[:_MOST_WORDS]
    if not words:
        return None
    return SearchQuery(
        " & ".join([*words[:-1], f"{words[-1]}:*"]), search_type="raw", config=CONFIG
    )


def marked(field: str, question: SearchQuery) -> SearchHeadline:
    """Return the field with the words that match between two marks; see highlight()."""
    return SearchHeadline(
        field, question, config=CONFIG, start_sel=_START, stop_sel=_STOP, highlight_all=True
    )


def highlight(text: str) -> SafeString:
    """Escape a marked text and turn its marks into <mark> elements."""
    safe = escape(text).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308 escaped above
