"""Ask clamd, the daemon of ClamAV, whether a file holds a virus: its INSTREAM command only."""

import logging
import socket
import struct
from typing import IO

from django.conf import settings

SECONDS = 30  # without a word from the scanner, after which it counts as away
_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4096

logger = logging.getLogger(__name__)


class Away(Exception):
    """The scanner cannot be reached, or does not say what it found."""


class TooLarge(Exception):
    """The file is larger than the scanner's StreamMaxLength."""


def is_on() -> bool:
    """Whether files are scanned at all."""
    return bool(settings.CLAMD_ADDRESS)


def virus_in(file: IO[bytes]) -> str:
    """Return the name of what the scanner finds; "" for nothing, or where there is no scanner.

    Raises Away or TooLarge.
    """
    if not is_on():
        return ""
    try:
        with _connected() as line:
            answer = _asked(line, file)
    except OSError as fault:
        logger.exception("virus_scanner_is_away")
        raise Away from fault
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.startswith("INSTREAM size limit exceeded"):
        raise TooLarge
    if answer != "stream: OK":
        logger.error("virus_scanner_said_something_else")
        raise Away
    return ""


def _connected() -> socket.socket:
    address: str = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _asked(line: socket.socket, file: IO[bytes]) -> str:
    try:
        line.sendall(b"zINSTREAM\0")
        while chunk := file.read(_CHUNK):
            line.sendall(struct.pack(">I", len(chunk)) + chunk)
        line.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it may have answered before it hung up
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (more := line.recv(1024)):
        said += more
    return said.partition(b"\0")[0].decode(errors="replace").strip()
