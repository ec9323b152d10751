"""A mail server on loopback, with the moods of `receivers`: a real SMTP server told to misbehave."""

import asyncio
import socket
import struct
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.fakes.receivers import DRIP_SECONDS, Mood


class _OnAnyPort(Controller):
    """A controller that learns which port the system gave it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """Takes mail, keeps it, and answers as its mood says once the letter is in."""

    def __init__(
        self,
        login: tuple[str, str] | None = None,
        starttls: SSLContext | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self.mood = Mood.OK
        self.refuse_with = "550 5.1.1 no such mailbox"
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self._login = login
        options: dict[str, Any] = {"enable_SMTPUTF8": False, "tls_context": starttls, "ssl_context": tls}
        self.recipient_answer = "250 OK"
        self.encrypted: list[bool] = []
        if login:
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        self._controller = _OnAnyPort(self, hostname="127.0.0.1", port=0, **options)
        self._controller.start()
        self.port: int = self._controller.port

    def stop(self) -> None:
        self._controller.stop()

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if self._login and not session.authenticated:
            return "530 5.7.0 log in first"
        letter = message_from_bytes(envelope.content, policy=modern)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.recipients.extend(envelope.rcpt_tos)
        return await self._answer(server)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def _answer(self, server: SMTP) -> str:
        transport = server.transport
        assert transport is not None
        match self.mood:
            case Mood.SLOW:
                await asyncio.sleep(0.2)
            case Mood.DRIP:
                for byte in b"250 " + b"x" * 400:
                    transport.write(bytes([byte]))
                    await asyncio.sleep(DRIP_SECONDS)
            case Mood.HANG:
                await asyncio.Event().wait()
            case Mood.ERROR:
                return "451 4.3.0 try again later"
            case Mood.LIMIT:
                return "452 4.5.3 too many just now"
            case Mood.REFUSE:
                return self.refuse_with
            case Mood.GARBAGE:
                return "\x01\x02 garbage"
            case Mood.ENDLESS:
                transport.write(b"2" * 100_000 + b"\r\n")
                await asyncio.Event().wait()
            case Mood.RESET:
                raw: socket.socket = transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()
            case Mood.SWALLOW:
                transport.abort()
        return "250 2.0.0 Ok: queued as 4F1A2B"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, who: Any
    ) -> AuthResult:
        given = (who.login.decode(), who.password.decode())
        return AuthResult(success=given == self._login, handled=False)
