"""A mail server on loopback that keeps every message as a file and sends none."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.handlers import AsyncMessage
from aiosmtpd.smtp import SMTP


class _Keeper(AsyncMessage):
    """Write each message to the folder, named by time and address."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.count = 0

    async def handle_message(self, message: object) -> None:
        """Keep one message."""
        self.count += 1
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
        recipient = str(message["X-RcptTo"]).replace("/", "_")  # type: ignore[index]
        path = self.folder / f"{moment}-{self.count:05d}-{recipient}.eml"
        path.write_bytes(bytes(message))  # type: ignore[call-overload]


async def serve(port: int, folder: Path) -> None:
    """Catch mail on the loopback port until the process is told to stop."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    keeper = _Keeper(folder)
    server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(os.environ["MAIL_PORT"]), Path(os.environ["MAIL_FOLDER"])))
