"""The program that library/apart.py runs: it reads one file from its input and says what it found.

It ends with 0, with 1 where the file cannot be read, and otherwise where bounds were reached. It
knows nothing of Django, so that it starts quickly.
"""

import json
import re
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from PIL import Image, JpegImagePlugin

_SECONDS = 3  # of work
_MEMORY = 1024**3  # bytes of addresses
_MOST_OBJECTS = 200_000
_OUT_OF_BOUNDS = 3
# Keys and kinds of a PDF's parts that do something by themselves, and the word for each.
_ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "program",
    "/SubmitForm": "sending",
    "/ImportData": "sending",
    "/GoToE": "file",
    "/GoToR": "file",
    "/Rendition": "media",
    "/RichMediaExecute": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/GoTo3DView": "media",
}
_ANNOTATIONS = {
    "/FileAttachment": "file",
    "/RichMedia": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/3D": "media",
}
_KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/EmbeddedFiles": "file",
    "/EF": "file",
    "/XFA": "xfa",
    "/RichMediaContent": "media",
}
_TYPES = {"/EmbeddedFile": "file"}
_WORDS = {*_ACTIONS, *_ANNOTATIONS, *_KEYS, *_TYPES}
_ANY = re.compile(b"|".join(re.escape(word.encode()) + rb"\b" for word in sorted(_WORDS)))
# A name may be an object of its own: what it is shows when it is looked up.
_ELSEWHERE = re.compile(rb"/URI|/(?:S|Subtype|Type)\s+\d+\s+\d+\s+R")
_RUNNING_LINK = re.compile(rb"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
_SPACE = b"\0\t\n\f\r "


def pdf() -> bytes:
    """Return as JSON the words for what the PDF of the input does; none for a plain one."""
    with open("/dev/stdin", "rb") as file:  # noqa: PTH123 no path of ours
        raw = file.read()
    if raw.rpartition(b"%%EOF")[2].strip(_SPACE) or b"%%EOF" not in raw:
        return _told({"behind"} if b"%%EOF" in raw else {"broken"})
    try:
        return _told(_done_by(is_sound=True))
    except pikepdf.PasswordError:
        return _told({"locked"})
    except pikepdf.PdfError:
        pass
    try:  # it has to be put together again: another reader may make something else of it
        return _told(_done_by(is_sound=False) | {_named(one[0]) for one in _ANY.finditer(raw)})
    except pikepdf.PdfError:
        return _told({"broken"})


def _done_by(*, is_sound: bool) -> set[str]:
    again = not is_sound
    with pikepdf.open("/dev/stdin", attempt_recovery=again, suppress_warnings=True) as document:
        if len(document.objects) > _MOST_OBJECTS:
            sys.exit(_OUT_OF_BOUNDS)
        things = (document.trailer, *document.objects)  # a catalog may stand in the trailer
        return {word for thing in things for word in _words(thing)}


def _words(thing: Any) -> Iterator[str]:
    """Yield the words for what an object does, with all that stands in it."""
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
        return
    written = thing.unparse(resolved=True)
    if not _ANY.search(written) and not _ELSEWHERE.search(written):
        return
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        parts = dict(one.items()) if isinstance(one, pikepdf.Dictionary) else {}
        yield from _of_dictionary(parts)
        inside = parts.values() if parts else one
        waiting += [
            part
            for part in inside
            if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect
        ]


def _of_dictionary(parts: dict[str, Any]) -> Iterator[str]:
    for name, known in (("/S", _ACTIONS), ("/Subtype", _ANNOTATIONS), ("/Type", _TYPES)):
        value = parts.get(name)
        if value is not None and str(value) in known:
            yield known[str(value)]
    yield from (word for name, word in _KEYS.items() if name in parts)
    if "/URI" in parts and _RUNNING_LINK.match(bytes(parts["/URI"])):
        yield "script"


def _named(name: bytes) -> str:
    word = name.decode()
    return next(known[word] for known in (_KEYS, _ACTIONS, _ANNOTATIONS, _TYPES) if word in known)


def _told(words: set[str]) -> bytes:
    return json.dumps(sorted(words)).encode()


def turn(orientation: str) -> bytes:
    """Return the JPEG of the input upright, as it was compressed before."""
    ways = Image.Transpose
    way = {
        "2": ways.FLIP_LEFT_RIGHT,
        "3": ways.ROTATE_180,
        "4": ways.FLIP_TOP_BOTTOM,
        "5": ways.TRANSPOSE,
        "6": ways.ROTATE_270,
        "7": ways.TRANSVERSE,
        "8": ways.ROTATE_90,
    }[orientation]
    with Image.open(sys.stdin.buffer, formats=["JPEG"]) as picture:
        how = {
            "qtables": getattr(picture, "quantization", None),
            "subsampling": JpegImagePlugin.get_sampling(picture),
            "icc_profile": picture.info.get("icc_profile"),
        }
        picture.transpose(way).save(sys.stdout.buffer, "JPEG", **how)
    return b""


def main() -> None:
    """Do what the first argument says, within bounds."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    what, *more = sys.argv[1:]
    tasks: dict[str, Callable[..., bytes]] = {"pdf": pdf, "turn": turn}
    try:
        sys.stdout.buffer.write(tasks[what](*more))
    except MemoryError:
        sys.exit(_OUT_OF_BOUNDS)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        sys.exit(1)


if __name__ == "__main__":
    main()
