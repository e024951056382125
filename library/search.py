"""Full-text search: words are stemmed, accents ignored, the last word may be unfinished."""

import re
import string
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TypeAlias

from django.contrib.postgres.search import CombinedSearchQuery, SearchHeadline, SearchQuery
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Concat
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from agencies import words
from agencies.words import CONFIG

Question: TypeAlias = SearchQuery | CombinedSearchQuery

_TERM = re.compile(r'"([^"]*)"|([^\s"]+)', re.ASCII)
_MOST_TERMS = 12
_SUFFIXES = "ation ations ability ement ements ments ness ings ion ity ities ively ize ized izing"
_TAILS = {word[:end] for word in _SUFFIXES.split() for end in range(1, len(word) + 1)}
_SHORTEST_STEM = 4
# Marks that no text can hold, so that a text is escaped before they become tags.
_START, _STOP, _AS_WRITTEN = "\x02", "\x03", "\x04"


@dataclass(frozen=True)
class Term:
    """A word or "phrase" that is searched for."""

    text: str
    question: Question
    is_quoted: bool

    def __str__(self) -> str:
        return f'"{self.text}"' if self.is_quoted else self.text


def terms(text: str) -> list[Term]:
    """Return the words and "phrases" in a text, at most twelve; the last may be unfinished."""
    text = text.replace("\0", " ").rstrip()
    found = [match for match in _TERM.finditer(text) if any(map(str.isalnum, match[0]))]
    return [_term(match, is_last=match.end() == len(text)) for match in found[:_MOST_TERMS]]


def query(text: str) -> Question | None:
    """Return the question for all words and "phrases" in a text, or None when it holds none."""
    return having_all(terms(text))


def having_all(terms: list[Term]) -> Question | None:
    """Return the question for all of these terms, or None when there are none."""
    return reduce(and_, [term.question for term in terms]) if terms else None


def having_any(terms: list[Term]) -> Question | None:
    """Return the question for any of these terms, or None when there are none."""
    return reduce(or_, [term.question for term in terms]) if terms else None


def _term(match: re.Match[str], *, is_last: bool) -> Term:
    word = (match[1] or match[2]).strip(string.punctuation + string.whitespace)
    is_quoted = bool(match[1])
    question = _unfinished(word) if is_last and not is_quoted else phrase(word)
    return Term(word, question, is_quoted)


def phrase(text: str | F) -> Question:
    """Return the question for the words of a text or column, one after the other."""
    kept = Value(text) if isinstance(text, str) else text
    return SearchQuery(words.cut(kept), search_type="phrase", config=CONFIG)


def _unfinished(word: str) -> Question:
    """Match what begins like the word, and the stem that its first suffix letters hide.

    The stem of “collections” is “collect”, which “collectio” does not begin.
    """
    quoted = Func(words.cut(Value(word)), function="quote_literal", output_field=TextField())
    begun = SearchQuery(Concat(quoted, Value(":*")), search_type="raw", config=CONFIG)
    stems = [word[:end] for end in range(_SHORTEST_STEM, len(word)) if word[end:].lower() in _TAILS]
    return reduce(or_, map(phrase, stems), begun)


def marked(field: str, question: Question) -> Concat:
    """Return the field with the words that match between two marks; see highlight()."""
    cut = SearchHeadline(
        words.cut(F(field)),
        question,
        config=CONFIG,
        start_sel=_START,
        stop_sel=_STOP,
        highlight_all=True,
    )
    return Concat(cut, Value(_AS_WRITTEN), F(field), output_field=TextField())


def highlight(text: str) -> SafeString:
    """Escape a marked text and turn its marks into <mark> elements."""
    cut, _, written = text.rpartition(_AS_WRITTEN)
    text = (_moved(cut, written) if cut else written).replace(_STOP + _START, "")
    safe = escape(text).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308 escaped above


def _moved(cut: str, written: str) -> str:
    """Return the text as it is written, with the marks of the same text cut into words."""
    found, at = [], 0
    for sign in cut:
        if sign in (_START, _STOP):
            found.append(sign)
        elif at < len(written) and (sign == written[at] or not written[at].isalnum()):
            found.append(written[at])
            at += 1
    return "".join(found) + written[at:]


def is_marked(text: str) -> bool:
    """Whether a word of this text matched."""
    return _START in text
