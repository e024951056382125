"""Videos: told by their heads; players do the rest."""

from typing import IO

_WEBM = b"\x1a\x45\xdf\xa3"


def is_mp4(upload: IO[bytes]) -> bool:
    """Whether this begins like an MP4 file."""
    head = upload.read(12)
    return len(head) == 12 and head[4:8] == b"ftyp"


def is_webm(upload: IO[bytes]) -> bool:
    """Whether this begins like a WebM file."""
    return upload.read(4) == _WEBM
