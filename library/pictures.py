"""Pictures: the head says what they are and how large; nothing may hang on behind a PNG.

They are not drawn anew: that would need a library for pictures, which the portal has none of.
"""

import struct
from typing import IO

MOST_PIXELS = 50_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_JPEG_DATA = 0xDA


def is_png(upload: IO[bytes]) -> bool:
    """Whether this is a PNG of a bearable size, and nothing else behind it."""
    head = upload.read(24)
    if len(head) < 24 or not head.startswith(_PNG) or head[12:16] != b"IHDR":
        return False
    width, height = struct.unpack(">II", head[16:24])
    upload.seek(0, 2)
    if not _is_bearable(width, height) or upload.tell() < 24 + len(_PNG_END):
        return False
    upload.seek(-len(_PNG_END), 2)
    return upload.read() == _PNG_END


def is_jpeg(upload: IO[bytes]) -> bool:
    """Whether this is a JPEG of a bearable size."""
    if upload.read(2) != b"\xff\xd8":
        return False
    while (mark := upload.read(4)) and len(mark) == 4:
        start, kind, length = struct.unpack(">BBH", mark)
        if start != 0xFF or kind == _JPEG_DATA or length < 2:
            return False
        if kind in _JPEG_SIZES:
            frame = upload.read(5)
            return len(frame) == 5 and _is_bearable(*struct.unpack(">xHH", frame))
        upload.seek(length - 2, 1)
    return False


def _is_bearable(width: int, height: int) -> bool:
    return 0 < width * height <= MOST_PIXELS
