"""Full-text search: words are stemmed, accents ignored, the last word may be unfinished."""

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

CONFIG = "ciwo_english"  # made by this app's first migration
_TERM = re.compile(r'"([^"]*)"|(\w+)')
_WORD = re.compile(r"\w+")
_MOST_TERMS = 12
_SUFFIXES = "ation ations ability ement ements ments ness ings ions ity ities ively ize ized izing"
_TAILS = {word[:end] for word in _SUFFIXES.split() for end in range(1, len(word) + 1)}
_SHORTEST_STEM = 4
# Marks that no text can hold, so that a text is escaped before they become tags.
_START, _STOP = "\x02", "\x03"


def query(text: str) -> SearchQuery | None:
    """Return the question for the words and "phrases" in a text, or None when it holds none."""
    found = _TERM.findall(text)[:_MOST_TERMS]
    phrases = [_WORD.findall(phrase or word) for phrase, word in found]
    terms = [" <-> ".join(words) for words in phrases if words]
    if not terms:
        return None
    if (last := found[-1][1]) and text.rstrip().endswith(last):
        terms[-1] = _unfinished(last)
    question = " & ".join(f"({term})" for term in terms)
    return SearchQuery(question, search_type="raw", config=CONFIG)


def _unfinished(word: str) -> str:
    """Match what begins like the word, and the stem that its first suffix letters hide.

    The stem of “collections” is “collect”, which “collectio” does not begin.
    """
    stems = [word[:end] for end in range(_SHORTEST_STEM, len(word)) if word[end:].lower() in _TAILS]
    return " | ".join([f"{word}:*", *stems])


def marked(field: str, question: SearchQuery) -> SearchHeadline:
    """Return the field with the words that match between two marks; see highlight()."""
    return SearchHeadline(
        field, question, config=CONFIG, start_sel=_START, stop_sel=_STOP, highlight_all=True
    )


def highlight(text: str) -> SafeString:
    """Escape a marked text and turn its marks into <mark> elements."""
    safe = escape(text).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308 escaped above


def is_marked(text: str) -> bool:
    """Whether a word of this text matched."""
    return _START in text
