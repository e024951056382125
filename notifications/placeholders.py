"""The small language of texts that organisers write: Markdown with {{ placeholders }}.

A placeholder stands for one fact about the reader or the matter. It is replaced once, by its
value and nothing else: what a value holds is neither Markdown nor HTML nor a placeholder. A line
with a placeholder that has no value for this reader is left out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from secrets import token_hex

import nh3
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt


@dataclass(frozen=True)
class Placeholder:
    """One fact that a text may name; a link may also be where words lead to."""

    name: str
    says: str | Promise  # what organisers read beside it
    sample: str
    is_link: bool = False


@dataclass(frozen=True)
class Wording:
    """A subject and a text in this language."""

    subject: str
    text: str


_PLACE = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}")
_LINK = re.compile(r"\[([^\]\n]+)\]\(\s*((?:\{\{[^{}\n]*\}\}|[^)\n])+?)\s*\)")
_PROMINENT = re.compile(r"<p><a href=\"([^\"]*)\"[^>]*>(.*?)</a></p>")
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "blockquote", "br", "hr"}
_STYLES = {
    "<p>": '<p style="margin:0 0 16px">',
    "<a ": '<a style="color:#0f6460" ',
    "<h2>": '<h2 style="margin:0 0 12px;font:700 22px/1.25 Georgia,serif">',
    "<h3>": '<h3 style="margin:0 0 10px;font:700 18px/1.3 Georgia,serif">',
    "<ul>": '<ul style="margin:0 0 16px;padding-left:24px">',
    "<ol>": '<ol style="margin:0 0 16px;padding-left:24px">',
}
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})


def names(text: str) -> set[str]:
    """Return the names of the placeholders in the text."""
    return set(_PLACE.findall(text))


def problems(
    text: str, known: Mapping[str, Placeholder], needed: Collection[str] = ()
) -> list[str]:
    """Say in plain words what has to be mended before this can be sent; nothing if it is right."""
    found = [_unknown(name, known) for name in sorted(names(text)) if name not in known]
    found += _unclosed(text)
    for words, target in _LINK.findall(text):
        inside = _PLACE.findall(target)
        is_whole = _PLACE.fullmatch(target) and inside[0] in known and known[inside[0]].is_link
        if inside and inside[0] in known and not is_whole:
            found.append(
                _("The link “%(words)s” must lead to an address, or to one placeholder for a link.")
                % {"words": words}
            )
    missing = [name for name in needed if name not in names(text)]
    found += [
        _("{{ %(name)s }} is missing: people need it in this message.") % {"name": name}
        for name in missing
    ]
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text as plain text with the values in it."""
    pieces = _plain(text, _empty(text, values))
    return "".join(values[piece] if n % 2 else piece for n, piece in enumerate(pieces)).strip()


def fill_html(text: str, values: Mapping[str, str], links: Collection[str]) -> SafeString:
    """Return the text as clean HTML for a mail with the values in it, each of them escaped.

    A paragraph that is nothing but a link becomes a button.
    """
    pieces = _html(text, _empty(text, values), frozenset(links))
    written = [
        piece if n % 2 == 0 else conditional_escape(values[piece]).replace("\n", "<br>")
        for n, piece in enumerate(pieces)
    ]
    return mark_safe("".join(written))  # noqa: S308 pieces are cleaned, values escaped


def readable(text: str) -> str:
    """Return the text for a heading: a placeholder is named in brackets, such as [person name]."""
    return _PLACE.sub(lambda found: f"[{re.sub('[._]', ' ', found[1])}]", text)


def _unknown(name: str, known: Mapping[str, Placeholder]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    words = _("There is no placeholder {{ %(name)s }}.") % {"name": name}
    if close:
        return words + " " + _("Did you mean {{ %(name)s }}?") % {"name": close[0]}
    return words + " " + _("Those that there are stand beside the text.")


def _unclosed(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for mark in _MARKS.findall(_PLACE.sub("", line)):
            words = {
                "{{": _("Line %(number)s: “{{” opens a placeholder that no “}}” closes."),
                "}}": _("Line %(number)s: “}}” closes a placeholder that no “{{” opens."),
            }.get(mark, _("Line %(number)s: “%(mark)s” means nothing here; take it out."))
            yield words % {"number": number, "mark": mark}


def _empty(text: str, values: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name in _used(text) if not values.get(name))


@lru_cache(maxsize=500)
def _used(text: str) -> frozenset[str]:
    return frozenset(names(text))


def _kept(text: str, empty: Collection[str]) -> str:
    """Return the lines in which every placeholder has a value."""
    return "\n".join(line for line in text.splitlines() if not names(line) & set(empty))


@lru_cache(maxsize=500)
def _plain(text: str, empty: frozenset[str]) -> tuple[str, ...]:
    """Return what stands between the placeholders, and at every odd place a placeholder's name."""
    kept = _LINK.sub(r"\1: \2", _kept(text, empty))
    kept = re.sub(r"^#+\s+", "", kept, flags=re.MULTILINE).replace("**", "")
    return tuple(_PLACE.split(re.sub(r"\n{3,}", "\n\n", kept)))


@lru_cache(maxsize=500)
def _html(text: str, empty: frozenset[str], links: frozenset[str]) -> tuple[str, ...]:
    """Return the same for HTML: Markdown is read once, whoever the readers are."""
    order: list[str] = []
    mark = f"x{token_hex(8)}"

    def stand_in(found: re.Match[str]) -> str:
        order.append(found[1])
        here = f"{mark}n{len(order) - 1}z"
        is_target = found.string[: found.start()].endswith("](")
        return here if is_target or found[1] not in links else f"[{here}]({here})"

    kept = _LINK.sub(lambda one: f"[{one[1]}]({one[2].strip()})", _kept(text, empty))
    html = _markdown.render(_PLACE.sub(stand_in, kept)).replace("h1>", "h2>")
    html = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, link_rel=None)
    buttons = {f"{mark}b{n}z": _button(one) for n, one in enumerate(_PROMINENT.finditer(html))}
    marks = iter(buttons)
    html = _PROMINENT.sub(lambda _: next(marks), html)
    for plain, styled in (_STYLES | buttons).items():
        html = html.replace(plain, styled)
    pieces = re.split(rf"{mark}n(\d+)z", html)
    return tuple(order[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))


def _button(found: re.Match[str]) -> str:
    url, label = (mark_safe(part) for part in found.groups())  # noqa: S308 cleaned by the caller
    return render_to_string("mail/_button.html", {"url": url, "label": label})
