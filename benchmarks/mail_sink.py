"""A mail server in a process of its own that notes what it accepted and keeps nothing else.

    python -m benchmarks.mail_sink PORT FILE PAUSE

Each accepted message adds one line to the file: the time, the recipient and the Message-ID. The
pause, in seconds, is what a server takes that writes to its disk before it says yes.
"""

import asyncio
import os
import re
import signal
import sys
import time
from typing import Any

from aiosmtpd.smtp import SMTP

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)


class _Notes:
    """Write one line for each message before saying yes to it."""

    def __init__(self, path: str, pause: float) -> None:
        self.pause = pause
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Note one message; it stands in the file before the sender hears of it."""
        if self.pause:
            await asyncio.sleep(self.pause)
        found = _MESSAGE_ID.search(envelope.content)
        name = found[1].decode() if found else "none"
        line = f"{time.time():.6f} {envelope.rcpt_tos[0]} {name}\n"
        os.write(self.file, line.encode())
        return "250 OK"


async def serve(port: int, path: str, pause: float) -> None:
    """Take mail on the loopback port until the process is told to stop."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    notes = _Notes(path, pause)
    async with await loop.create_server(lambda: SMTP(notes), "127.0.0.1", port):
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
