"""Captions: WebVTT and SubRip read with an error for each wrong line, WebVTT written clean."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import webvtt
from django.utils.translation import gettext as _
from webvtt.errors import MalformedCaptionError, MalformedFileError

MOST_CUES = 20_000
MOST_TEXT = 2_000  # characters of one cue
MOST_FAULTS = 20
_HEAD = re.compile(r"WEBVTT(?:[ \t].*)?")
_CLOCK = r"(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3}"
_WEBVTT = re.compile(rf"({_CLOCK})[ \t]+-->[ \t]+{_CLOCK}(?:[ \t].*)?", re.ASCII)
_LOOSE = r"\d{1,4}:[0-5]?\d:[0-5]?\d[.,]\d{3}"
_SUBRIP = re.compile(rf"({_LOOSE})[ \t]*-->[ \t]*{_LOOSE}(?:[ \t].*)?", re.ASCII)
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
    """The text holds no captions that can be shown; `faults` says for each line what to mend."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"{line}: {fault}" for line, fault in faults))
        self.faults = list(faults)


def read(text: str) -> list[Cue]:
    """Return the cues of a WebVTT or SubRip text, or raise BadCaptions with every wrong line."""
    text = text.removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)
    is_webvtt = bool(_HEAD.fullmatch(lines[0]))
    if not is_webvtt and not any("-->" in line for line in lines[:20]):
        words = _("Captions are WebVTT (.vtt), which begins with WEBVTT, or SubRip (.srt).")
        raise BadCaptions([(1, words)])
    begins = {}  # at which line the caption stands that begins at this moment
    faults = []
    for number, line in enumerate(lines, start=1):
        timing = _timing(line, is_webvtt=is_webvtt) if "-->" in line else None
        if timing:
            begins[_milliseconds(timing)] = number
        elif "-->" in line:
            words = _("The time is not written as 00:01:02.000 --> 00:01:05.000.")
            faults.append((number, words))
    if len(begins) > MOST_CUES:
        faults.append((len(lines), _("There are more than %d captions.") % MOST_CUES))
    faults += _lost(lines) if is_webvtt else []
    return _checked(_cues(text, is_webvtt=is_webvtt), begins, faults, len(lines))


def _checked(
    cues: list[Cue], begins: dict[int, int], faults: list[tuple[int, str]], last: int
) -> list[Cue]:
    """Return the cues if each can be shown, or raise BadCaptions."""
    after = 0
    for cue in cues:
        if cue.starts in begins and (fault := _fault(cue, after)):
            faults.append((begins[cue.starts], fault))
        after = max(after, cue.starts)
    if not cues and not faults:
        faults.append((last, _("There are no captions in it.")))
    if faults:
        raise BadCaptions(sorted(faults)[:MOST_FAULTS])
    return cues


def _cues(text: str, *, is_webvtt: bool) -> list[Cue]:
    """Return what the file shows. Raises BadCaptions where it does not begin as it must."""
    lines = StringIO(text.strip("\r\n"), newline="")
    try:
        read = webvtt.WebVTT.from_buffer(lines, "vtt" if is_webvtt else "srt")
    except MalformedCaptionError:
        return []  # the lines are named already
    except MalformedFileError:
        words = _("SubRip begins with the number 1, in a line by itself.")
        raise BadCaptions([(1, words)]) from None
    return [
        Cue(
            _milliseconds(one.start),
            _milliseconds(one.end),
            html.unescape(_TAG.sub("", one.text)).strip(),
            html.unescape(one.voice or "").strip()[:150],
        )
        for one in read.captions
    ]


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


def _lost(lines: list[str]) -> list[tuple[int, str]]:
    """Name the words without a time, which no player shows."""
    words = _("A time is missing, such as 00:01:02.000 --> 00:01:05.000.")
    return [
        (block[0][0], words)
        for block in _blocks(lines)
        if not any("-->" in line for _number, line in block)
    ]


def _timing(line: str, *, is_webvtt: bool) -> str | None:
    """Return when the caption below this line begins, if it is well written."""
    found = (_WEBVTT if is_webvtt else _SUBRIP).fullmatch(line.strip())
    return found[1] if found else None


def _fault(cue: Cue, after: int) -> str:
    if cue.ends <= cue.starts:
        return _("It ends before it begins.")
    if cue.starts < after:
        return _("It begins before the caption above it.")
    if not cue.text:
        return _("The caption has no text.")
    if len(cue.text) > MOST_TEXT:
        return _("The caption is longer than %d characters.") % MOST_TEXT
    return _("It holds a character that is no text.") if _CONTROL.search(cue.text) else ""


def _milliseconds(moment: str) -> int:
    """Return 01:02:03.450, with a comma or without hours, too, in milliseconds."""
    clock, _point, rest = moment.replace(",", ".").partition(".")
    hours, minutes, seconds = (int(part) for part in f"0:{clock}".split(":")[-3:])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(rest)
