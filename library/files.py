"""Give a stored file to somebody who may have it: whole or in part, and never as a page of ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

# What a browser may show by itself; everything else is saved.
INLINE = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
_CHUNK = 64 * 1024


class _NoSuchPart(Exception):
    """The file ends before the part that is asked for begins."""


def serve(request: HttpRequest, stored: FieldFile, name: str) -> HttpResponseBase:
    """Answer with the file, or the part of it that is asked for, under headers that hold it in.

    Raises FileNotFoundError.
    """
    size = stored.size
    try:
        part = _part(request, size)
    except _NoSuchPart:
        answer: HttpResponseBase = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{size}"
    else:
        answer = _body(request, stored, part or (0, size))
        if part:
            answer.status_code = 206
            answer["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
        _name(answer, stored, name)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def is_first_part(answer: HttpResponseBase) -> bool:
    """Whether the answer begins the file, so that a download counts once."""
    begins = answer.get("Content-Range", "bytes 0-").startswith("bytes 0-")
    return answer.status_code in {200, 206} and begins


def _name(answer: HttpResponseBase, stored: FieldFile, name: str) -> None:
    kind = INLINE.get(Path(stored.name or "").suffix.lower())
    answer["Content-Type"] = kind or "application/octet-stream"
    shown = content_disposition_header(kind is None, name or Path(stored.name or "").name)
    answer["Content-Disposition"] = shown or "attachment"


def _body(request: HttpRequest, stored: FieldFile, part: tuple[int, int]) -> HttpResponseBase:
    start, stop = part
    if settings.PROTECTED_FILES_PREFIX:  # the proxy sends it, and knows about parts itself
        answer: HttpResponseBase = HttpResponse()
        answer["X-Accel-Redirect"] = settings.PROTECTED_FILES_PREFIX + quote(stored.name or "")
        return answer
    if request.method == "HEAD":
        answer = HttpResponse()
    elif (start, stop) == (0, stored.size):
        return FileResponse(stored.open("rb"))
    else:
        answer = StreamingHttpResponse(_read(stored.open("rb"), start, stop))
    answer["Content-Length"] = str(stop - start)
    return answer


def _read(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
            start += len(chunk)
            yield chunk


def _part(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """Return where the one part asked for begins and ends; None for the whole file (RFC 9110)."""
    unit, _equals, asked = request.headers.get("Range", "").partition("=")
    first, dash, last = (word.strip() for word in asked.partition("-"))
    is_plain = all(word.isascii() and word.isdigit() for word in (first, last) if word)
    if settings.PROTECTED_FILES_PREFIX or "If-Range" in request.headers:
        return None
    if unit.strip().lower() != "bytes" or not dash or not is_plain or not (first or last):
        return None
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    if start >= size:
        raise _NoSuchPart
    return start, min(int(last) + 1, size) if first and last else size
