"""One message to many is rendered once, with gaps for what is each reader's own.

What goes over the wire is the same, byte for byte, as if it had been rendered by itself, but for
the boundary between its parts. Whoever is not alike, and what has a value that would need an
encoding of its own, is rendered by itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from html import escape
from secrets import token_hex

from django.conf import settings
from django.utils.translation import get_language

from notifications import rendering
from notifications.kinds import Letter
from notifications.models import Notification
from notifications.rendering import Envelope

KEPT = 500  # stencils at once
_PRINTED = re.compile(r"[\x21-\x7e]*(?: [\x21-\x7e]+)*")  # ASCII that no header or body bends
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_ENCODED = re.compile(
    rb"^Content-Transfer-Encoding: (?:quoted|base64)", re.IGNORECASE | re.MULTILINE
)
LONGEST = 800  # bytes of a line, before it is filled; 998 are allowed
_HTML = b"Content-Type: text/html"
_stencils: dict[tuple[object, ...], "_Stencil | None"] = {}


@dataclass(frozen=True)
class Written:
    """A message ready for the wire."""

    subject: str
    sender: str
    content: bytes


def write(notification: Notification, letter: Letter) -> Written:
    """Return the message, from the stencil that readers like this one share if there can be one."""
    envelope = rendering.envelope(notification)
    own = vars(envelope) | _own(letter)
    if letter.alike is None or letter.calendar or not _is_plain(own):
        return _by_itself(notification, letter, envelope)
    key = _key(notification, letter, own)
    if key not in _stencils:
        if len(_stencils) >= KEPT:
            _stencils.clear()
        _stencils[key] = _cut(notification, letter, own)
    stencil = _stencils[key]
    return stencil.fill(own) if stencil else _by_itself(notification, letter, envelope)


@dataclass(frozen=True)
class _Stencil:
    """Pieces and, between them, names of what fills the gap; a subject with none."""

    subject: str
    sender: str
    pieces: tuple[bytes, ...]
    names: tuple[str, ...]
    in_text: int  # how many gaps come before the HTML part

    def fill(self, own: Mapping[str, str]) -> Written:
        """Return the message with these values in its gaps."""
        plain = {name: value.encode("ascii") for name, value in own.items()}
        html = {name: escape(value).encode("ascii") for name, value in own.items()}
        written = [self.pieces[0]]
        for n, name in enumerate(self.names):
            written += ((plain if n < self.in_text else html)[name], self.pieces[n + 1])
        return Written(self.subject, self.sender, b"".join(written))


def _by_itself(notification: Notification, letter: Letter, envelope: Envelope) -> Written:
    message = rendering.compose(notification, letter, envelope)
    return Written(str(message.subject), message.from_email, rendering.content(message))


def _is_plain(own: Mapping[str, str]) -> bool:
    """Whether every value stands as it is in any part: short, and nothing bends or encodes it."""
    is_short = all(len(value) < 180 and _PRINTED.fullmatch(value) for value in own.values())
    return is_short and _ADDRESS.fullmatch(own["address"]) is not None


def _own(letter: Letter) -> dict[str, str]:
    """Return what is the reader's own in the text."""
    said = letter.values if letter.wording else letter.context
    return {name: str(said[name]) for name in letter.personal}


def _key(notification: Notification, letter: Letter, own: Mapping[str, str]) -> tuple[object, ...]:
    """Return what the stencil depends on; a value that is missing leaves a line out."""
    shared = (
        tuple(item for item in letter.values.items() if item[0] not in own)
        if letter.wording
        else ()
    )
    missing = frozenset(name for name, value in own.items() if not value)
    ours = (get_language(), settings.SITE_URL, settings.DEFAULT_FROM_EMAIL)
    said = (letter.wording, letter.why, shared, missing, _guessed_zone(notification))
    return (notification.kind, letter.alike, *said, ours)


def _guessed_zone(notification: Notification) -> str:
    """Return the zone that the mail says to be a guess; what is known needs no saying."""
    person = notification.recipient
    return person.time_zone if person and not person.has_chosen_zone else ""


def _cut(notification: Notification, letter: Letter, own: Mapping[str, str]) -> _Stencil | None:
    """Render once with marks in place of what is personal, and cut the marks out."""
    mark = f"x{token_hex(6)}"
    marks = {name: f"{mark}n{n}z" if own[name] else "" for n, name in enumerate(own)}
    gaps = {field.name: marks[field.name] for field in fields(Envelope)}
    gaps["address"] += "@stencil.example"
    personal = {name: marks[name] for name in letter.personal}
    said = "values" if letter.wording else "context"
    letter = replace(letter, **{said: getattr(letter, said) | personal})
    message = rendering.compose(notification, letter, Envelope(**gaps))
    if mark in str(message.subject):
        return None
    content = rendering.content(message).replace(b"@stencil.example", b"")
    if _ENCODED.search(content) or max(map(len, content.split(b"\r\n"))) > LONGEST:
        return None  # a value would have to be encoded, too
    found = re.split(rf"{mark}n(\d+)z".encode(), content)
    names, pieces = [list(own)[int(n)] for n in found[1::2]], tuple(found[::2])
    in_text = next(n for n, piece in enumerate(pieces) if _HTML in piece)
    return _Stencil(str(message.subject), message.from_email, pieces, tuple(names), in_text)
