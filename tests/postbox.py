"""A real mail server on loopback that can be told to refuse."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pytest_django import Settings

from ciwo_portal.embedded import free_port
from notifications import delivering

SLIPS = re.compile(
    r"[ap]\.m\.\.|\{\{|\{%|\bNone\b|\b1 (minutes|answers|agencies|people)\b"
    r"|&(amp|quot|lt|gt|#x?\d+);"
)


def slips_of(message: EmailMessage) -> list[str]:
    """Return what no reader should find in a message: raw marks, missing facts, two full stops."""
    part = message.get_body(("plain",))
    words = f"{message['Subject']}\n{part.get_content() if part else ''}"
    return [found[0] for found in SLIPS.finditer(words)]


class Postbox:
    """What arrived; what the server says to each message and to some addresses; where it breaks."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answer = "250 OK"
        self.planned: list[str] = []  # what it says to the next messages, before `answer`
        self.sender_answer = "250 OK"
        self.takes_login = True
        self.refused: dict[str, str] = {}
        self.breaks_at = ""  # RCPT or DATA: there it closes the connection without a word

    def log_in(self, *_args: Any) -> AuthResult:
        """Let the portal in, or not."""
        return AuthResult(success=self.takes_login, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take or refuse the sender."""
        if self.sender_answer.startswith("250"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(  # noqa: N802 aiosmtpd calls it by this name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take or refuse one address."""
        if self.breaks_at == "RCPT":
            server.transport.close()
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep one message."""
        if self.breaks_at == "DATA":
            server.transport.close()
        answer = self.planned.pop(0) if self.planned else self.answer
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append(message)
        return answer


@pytest.fixture
def postbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A running mail server; the portal sends to it. It is day everywhere, whenever a test runs."""
    monkeypatch.setattr(delivering, "DAY", range(24))
    box = Postbox()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=box.log_in,
        auth_require_tls=False,
    )
    controller.start()
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield box
    controller.stop()
    assert [slip for message in box.received for slip in slips_of(message)] == []
