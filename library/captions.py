"""Captions as WebVTT: read with an error for each line that is wrong, and written out clean."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_CUES = 20_000
MOST_TEXT = 2_000  # characters of one cue
MOST_FAULTS = 20
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ASIDE = ("NOTE", "STYLE", "REGION")  # blocks that show nothing

Block = list[tuple[int, str]]  # lines with their numbers


@dataclass(frozen=True)
class Cue:
    """What is shown from one moment to another, in milliseconds from the start."""

    starts: int
    ends: int
    text: str  # plain, perhaps of several lines
    speaker: str = ""


class BadCaptions(Exception):
    """The text is no WebVTT that can be shown; `faults` says for each line what to mend."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"{line}: {fault}" for line, fault in faults))
        self.faults = list(faults)


def read(text: str) -> list[Cue]:
    """Return the cues of a WebVTT text, or raise BadCaptions with every line that is wrong."""
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        words = _("Captions begin with the word WEBVTT. Save them as WebVTT (.vtt), not as %s.")
        other = "SubRip (.srt)" if re.search(r"\d,\d{3} *-->", text[:500]) else _("anything else")
        raise BadCaptions([(1, words % other)])
    cues: list[Cue] = []
    faults: list[tuple[int, str]] = []
    for block in _blocks(lines):
        cue = _cue(block, cues[-1].starts if cues else 0, faults)
        if cue:
            cues.append(cue)
        if len(faults) >= MOST_FAULTS or len(cues) > MOST_CUES:
            break
    if len(cues) > MOST_CUES:
        faults.append((len(lines), _("There are more than %d captions.") % MOST_CUES))
    if not cues and not faults:
        faults.append((len(lines), _("There are no captions in it.")))
    if faults:
        raise BadCaptions(faults)
    return cues


def write(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT in which nothing but the text itself is left."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
        parts.append(f"{clock(cue.starts)} --> {clock(cue.ends)}\n{voice}{_escaped(cue.text)}\n")
    return "\n".join(parts)


def clock(milliseconds: int) -> str:
    """Return a moment as WebVTT writes it: 01:02:03.450."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{rest:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Yield what stands between blank lines, the head and what shows nothing left out."""
    block: Block = []
    is_head = True
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append((number, line))
            continue
        if block and not is_head and not _is_aside(block):
            yield block
        if block:
            is_head = False
        block = []


def _is_aside(block: Block) -> bool:
    first = block[0][1].split(maxsplit=1)
    return first[0] in _ASIDE and not any("-->" in line for _number, line in block)


def _cue(block: Block, after: int, faults: list[tuple[int, str]]) -> Cue | None:
    """Return the block's cue, or say what is wrong with it."""
    at = 0 if "-->" in block[0][1] else 1
    if at >= len(block) or "-->" not in block[at][1]:
        words = _("A time is missing, such as 00:01:02.000 --> 00:01:05.000.")
        faults.append((block[0][0], words))
        return None
    number, line = block[at]
    found = _TIMING.fullmatch(line.strip())
    if not found:
        words = _("The time is not written as 00:01:02.000 --> 00:01:05.000.")
        faults.append((number, words))
        return None
    starts, ends = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:8])
    fault = _fault(starts, ends, after, block[at + 1 :])
    if fault:
        faults.append((number, fault))
        return None
    raw = "\n".join(line.strip() for _number, line in block[at + 1 :])
    voice = _VOICE.search(raw)
    speaker = html.unescape(voice[1]).strip() if voice else ""
    return Cue(starts, ends, html.unescape(_TAG.sub("", raw)).strip(), speaker[:150])


def _fault(starts: int, ends: int, after: int, lines: Block) -> str:
    text = "\n".join(line for _number, line in lines)
    if ends <= starts:
        return _("It ends before it begins.")
    if starts < after:
        return _("It begins before the caption above it.")
    if not _TAG.sub("", text).strip():
        return _("The caption has no text.")
    if len(text) > MOST_TEXT:
        return _("The caption is longer than %d characters.") % MOST_TEXT
    return _("It holds a character that is no text.") if _CONTROL.search(text) else ""


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, rest = (int((part or "0")[:4]) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
