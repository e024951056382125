"""A transcript made of captions, or of a text that somebody wrote."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from library.captions import Cue

_FULL, _ENOUGH = 400, 160  # characters: where a part ends at once, and where at a full stop
_PAUSE = 4_000  # milliseconds without a word
_MOST = 2_000  # characters of one written paragraph
_SENTENCE = re.compile(r"[.?!…][\"\u201d\u2019)]*$")
_STAMP = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)", re.ASCII)


@dataclass(frozen=True)
class Part:
    """A few sentences; `starts` in seconds where it is known."""

    text: str
    starts: int | None = None
    speaker: str = ""


def of_captions(cues: Iterable[Cue]) -> list[Part]:
    """Put captions together to parts that can be read, each with the moment it begins at."""
    parts: list[Part] = []
    open_: list[Cue] = []
    for cue in cues:
        if open_ and _is_over(open_, cue):
            parts.append(_part(open_))
            open_ = []
        open_.append(cue)
    return [*parts, _part(open_)] if open_ else parts


def of_text(text: str) -> list[Part]:
    """Return a written transcript's paragraphs; long ones are cut between words."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [Part(piece) for one in paragraphs for piece in _pieces(" ".join(one.split())) if piece]


def seconds(text: str) -> int | None:
    """Return a moment such as 1:02:03 or 12:30 in seconds; None for what is none."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + rest


def stamp(moment: int) -> str:
    """Return seconds as people write a moment: 12:30 or 1:02:03."""
    minutes, second = divmod(moment, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute:02}:{second:02}"


def _is_over(cues: list[Cue], following: Cue) -> bool:
    length = sum(len(cue.text) for cue in cues)
    last = cues[-1]
    if following.speaker and following.speaker != cues[0].speaker:
        return True
    if following.starts - last.ends > _PAUSE or length >= _FULL:
        return True
    return length >= _ENOUGH and bool(_SENTENCE.search(last.text))


def _part(cues: list[Cue]) -> Part:
    text = " ".join(" ".join(cue.text.split()) for cue in cues)
    return Part(text, cues[0].starts // 1000, cues[0].speaker)


def _pieces(text: str) -> Iterator[str]:
    while len(text) > _MOST:
        cut = text.rfind(" ", 0, _MOST)
        cut = cut if cut > 0 else _MOST
        yield text[:cut]
        text = text[cut:].strip()
    yield text
