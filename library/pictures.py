"""Pictures keep their pixels and colors, and lose what a camera or a program notes beside them.

Nothing is decoded here, so that a large or hostile picture costs no more than reading it through.
A JPEG that a camera holds sideways is the exception: it is turned in a process of its own.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from library import apart
from library.unfit import Found, Unfit

MOST_PIXELS = 50_000_000
MOST_PARTS = 50_000
MOST_COLORS = 4 * 1024 * 1024  # bytes of a color profile
_PNG = b"\x89PNG\r\n\x1a\n"
# What a PNG is drawn from; times, texts, EXIF, XMP and the frames of an animation are not in it.
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_DRAWN = _CRITICAL | {
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"iCCP",
    b"cICP",
    b"sBIT",
    b"bKGD",
    b"pHYs",
}
_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_SCAN, _END = 0xDA, 0xD9
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, _SCAN}
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # 00 and restarts belong to the scan
_ORIENTATION = 0x0112


def png(upload: IO[bytes]) -> Found:
    """Return a PNG without notes and without what hangs on behind it. Raises Unfit."""
    raw = upload.read()
    kept = [_PNG]
    for number, (kind, chunk) in enumerate(_chunks(raw)):
        if number == 0:
            _refuse_size(*struct.unpack(">II", chunk[8:16]))
        if kind in _DRAWN:
            kept.append(chunk)
    if not any(chunk[4:8] == b"IDAT" for chunk in kept[1:]):
        raise Unfit
    return Found(b"".join(kept))


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk with its kind, the head first and the end last. Raises Unfit."""
    at = len(_PNG)
    if not raw.startswith(_PNG) or raw[at : at + 8] != b"\x00\x00\x00\x0dIHDR":
        raise Unfit
    for _number in range(MOST_PARTS):
        head = raw[at : at + 8]
        stop = at + 12 + int.from_bytes(head[:4])
        chunk, kind = raw[at:stop], head[4:]
        if len(head) < 8 or stop > len(raw):
            raise Unfit
        is_unknown = kind not in _CRITICAL and not kind[0] & 0x20
        if is_unknown or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise Unfit
        yield kind, chunk
        if kind == b"IEND":
            return
        at = stop
    raise Unfit


def jpeg(upload: IO[bytes]) -> Found:
    """Return a JPEG, upright, without notes and without what hangs on behind it. Raises Unfit."""
    raw = upload.read()
    if raw[:2] != b"\xff\xd8":
        raise Unfit
    kept, orientation, has_size = [raw[:2]], 1, False
    for kind, body, rest in _segments(raw):
        if kind in _SIZES:
            _refuse_size(*struct.unpack(">xHH", body[:5].ljust(5, b"\0")))
            has_size = True
        elif kind == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        if said := _kept(kind, body):
            kept.append(struct.pack(">BBH", 0xFF, kind, len(said) + 2) + said + rest)
        if kind == _SCAN and not has_size:
            raise Unfit
    if not has_size:
        raise Unfit
    plain = b"".join([*kept, b"\xff\xd9"])
    return Found(_turned(plain, orientation) if orientation in range(2, 9) else plain)


def _segments(raw: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield each segment's kind, what it says, and the pixels behind it. Raises Unfit."""
    at, scans = 2, 0
    for _number in range(MOST_PARTS):
        start, kind = raw[at : at + 1], raw[at + 1 : at + 2]
        if start != b"\xff" or not kind:
            raise Unfit
        if kind == b"\xff":  # any number of these may stand before a kind
            at += 1
            continue
        if kind[0] == _END and scans:
            return
        length = int.from_bytes(raw[at + 2 : at + 4])
        body = raw[at + 4 : at + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise Unfit
        at, pixels = at + 2 + length, b""
        if kind[0] == _SCAN:
            match = _AFTER_SCAN.search(raw, at)
            if match is None:
                raise Unfit
            pixels, at, scans = raw[at : match.start()], match.start(), scans + 1
        yield kind[0], body, pixels
    raise Unfit


def _kept(kind: int, body: bytes) -> bytes:
    """Return what stays of a segment: what the picture is drawn from; "" drops it."""
    if kind in _SIZES or kind in _TABLES:
        return body
    if kind == 0xE0 and body.startswith(b"JFIF\0"):
        return body[:12] + b"\0\0"  # without its small picture
    if kind == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
        return body
    if kind == 0xEE and body.startswith(b"Adobe"):
        return body[:12]
    return b""


def _orientation(tiff: bytes) -> int:
    """Return how the camera was held, as EXIF numbers it; 1 is upright, or not known."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if start + 2 > len(tiff):
        return 1
    for number in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
        at = start + 2 + 12 * number
        if at + 12 > len(tiff):
            return 1
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION:
            return int(value)
    return 1


def _turned(plain: bytes, orientation: int) -> bytes:
    try:
        return apart.run("turn", plain, str(orientation))
    except apart.TookTooLong:
        text = _("“%(name)s” cannot be turned upright. Turn it in a picture program, and save it.")
        raise Unfit(text) from None
    except apart.Failed:
        raise Unfit from None


def _refuse_size(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        text = _("“%(name)s” has more than %(most)d million pixels, or none. Save it smaller.")
        raise Unfit(text % {"name": "%(name)s", "most": MOST_PIXELS // 1_000_000})
