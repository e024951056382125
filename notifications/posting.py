"""The kept connection to the mail server, and what its answers mean."""

import re
import smtplib
from types import TracebackType
from typing import Self

from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode

# Between the last byte of a message and the server's answer nobody knows whether it was taken.
_LOST = (smtplib.SMTPServerDisconnected, OSError)
_LINE_START = re.compile(rb"^\.", re.MULTILINE)


class Unreachable(Exception):
    """The server cannot be reached, or takes nothing from us now: no message's fault.

    `is_refusal` says that it is there and refuses us: our greeting, login or sender.
    """

    def __init__(self, words: str, *, code: int = 0) -> None:
        super().__init__(words)
        self.is_refusal = code >= 500


class Unsure(Exception):
    """The connection broke before the answer: the message may have been accepted."""


class Refused(Exception):
    """The server took the message not at all, or not now (a code below 500)."""

    def __init__(self, code: int, said: bytes, *, is_address: bool) -> None:
        super().__init__(f"{code} {said.decode(errors='replace')}")
        self.code = code
        self.is_address = is_address


def _in_ascii(address: str) -> str:
    """Return the address as old mail servers take it: the domain in Punycode."""
    if address.isascii():
        return address
    name, _, domain = address.rpartition("@")
    try:
        name.encode("ascii")
        return f"{name}@{punycode(domain)}"
    except UnicodeError:
        said = b"5.6.7 the address has letters that mail servers do not take"
        raise Refused(553, said, is_address=True) from None


class Post:
    """A connection that is opened by the first message and kept for the following ones."""

    def __init__(self) -> None:
        self._backend = EmailBackend()  # knows the settings: host, TLS, login, time-out

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._backend.close()

    def send(self, sender: str, address: str, content: bytes) -> None:
        """Hand one message over. Raises Unreachable, Refused or Unsure."""
        line = self._line()
        try:
            self._envelope(line, sender, _in_ascii(address))
        except _LOST as fault:  # nothing of the message has been said yet
            self._forget()
            raise Unreachable(str(fault)) from None
        try:
            line.send(_LINE_START.sub(b"..", content) + b".\r\n")
            code, said = line.getreply()
        except _LOST:
            self._forget()
            raise Unsure from None
        if code != 250:
            self._reset(line)
            raise Refused(code, said, is_address=False)

    def _line(self) -> smtplib.SMTP:
        try:
            self._backend.open()
            line = self._backend.connection
            if line is None:
                raise Unreachable("the settings name no mail server")
            line.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as fault:
            self._forget()
            raise Unreachable(str(fault), code=getattr(fault, "smtp_code", 0)) from None
        return line

    def _envelope(self, line: smtplib.SMTP, sender: str, address: str) -> None:
        """Say from whom and to whom, up to where the content begins."""
        code, said = line.mail(sender)
        if code != 250:  # the server's quarrel is with us, not with this message
            self._reset(line)
            raise Unreachable(f"{code} {said.decode(errors='replace')}", code=code)
        code, said = line.rcpt(address)
        if code == 421:  # it closes the connection, whoever the recipient is
            self._forget()
            raise Unreachable(f"{code} {said.decode(errors='replace')}")
        if code not in (250, 251):
            self._reset(line)
            raise Refused(code, said, is_address=True)
        code, said = line.docmd("DATA")
        if code != 354:
            self._reset(line)
            raise Refused(code, said, is_address=False)

    def _reset(self, line: smtplib.SMTP) -> None:
        try:
            line.rset()
        except _LOST:
            self._forget()

    def _forget(self) -> None:
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None
