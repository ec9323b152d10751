"""E-mail by SMTP: one connection a message, and the server's own word for the outcome.

A temporary answer (4xx) may be tried again, a permanent one (5xx) may not (RFC 5321, 4.2.1). The Message-
ID is made of the delivery's identity, so a repeat is the same message to every server and mail program
that looks. With "starttls" nothing is sent over a connection that did not become encrypted. Accepted
means that the server took it.
"""

import hashlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate
from functools import partial
from typing import Any, Literal

from dutyroom.adapters.couriers.deadline import Handle, Line, Slots, within
from dutyroom.adapters.couriers.plain import cleaned, is_address, with_link
from dutyroom.ports import Message, Outcome, Verdict

ADDRESS = Outcome(Verdict.REFUSED, "address")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_QUEUED = re.compile(rb"queued as ([A-Za-z0-9.-]{1,64})")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where and as whom to hand mail in."""

    host: str
    port: int
    security: Literal["none", "starttls", "ssl"]
    sender: Address
    username: str | None = None
    password: str | None = field(repr=False, default=None)
    ca_file: str | None = None


class SmtpCourier:
    """Sends e-mail through one server."""

    def __init__(self, channel: str, server: MailServer, slots: int, now_ms: Callable[[], int]) -> None:
        self.channel = channel
        self._server = server
        self._slots = Slots(slots)
        self._now_ms = now_ms

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """Try once; see the Courier port."""
        recipient = mail_address(message.address)
        if recipient is None:
            return ADDRESS
        letter = compose(self._server.sender, recipient, cleaned(message), self._now_ms())
        work = partial(_hand_in, self._server, recipient, letter, deadline_seconds)
        return within(deadline_seconds, self._slots, work)


def mail_address(text: str) -> str | None:
    """The address in a form that any server takes (its domain in ASCII), or None when it cannot be one."""
    local, at, domain = text.rpartition("@")
    if not (at and is_address(text) and _LOCAL.fullmatch(local)):
        return None
    try:
        plain_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"{local}@{plain_domain}" if _DOMAIN.fullmatch(plain_domain) else None


def compose(sender: Address, recipient: str, message: Message, now_ms: int) -> EmailMessage:
    """The letter. Nothing of the recipient's name is in it: we have only the address."""
    letter = EmailMessage(policy=SMTP_POLICY)
    letter["From"] = sender
    letter["To"] = Address(addr_spec=recipient)
    letter["Subject"] = message.subject
    letter["Date"] = formatdate(now_ms / 1000)
    letter["Message-ID"] = message_id(sender, message)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies to the duty room
    letter["X-Dutyroom-Delivery"] = message.delivery_id
    letter["X-Dutyroom-Attempt"] = str(message.attempt)
    if message.severity == "alarm":
        letter["Importance"] = "high"
    letter.set_content(with_link(message) + "\n", charset="utf-8", cte="base64")
    return letter


def message_id(sender: Address, message: Message) -> str:
    """The same for every try of one delivery."""
    digest = hashlib.sha256(message.delivery_id.encode("ascii")).hexdigest()[:40]
    return f"<{digest}@{sender.domain}>"


def _hand_in(server: MailServer, recipient: str, letter: EmailMessage, seconds: float, line: Line) -> Outcome:
    try:
        return _converse(server, recipient, letter, seconds, line)
    except smtplib.SMTPResponseException as error:
        # smtplib makes up a 500, with text for bytes, when a line never ends: the server said no such thing.
        made_up = isinstance(error.smtp_error, str)
        return Outcome(Verdict.FAILED, "answer") if made_up else _by_code(error.smtp_code)
    except ssl.SSLError:
        return Outcome(Verdict.FAILED, "tls")
    except TimeoutError:
        return Outcome(Verdict.FAILED, "timeout")
    except (smtplib.SMTPException, OSError, ValueError):
        return Outcome(Verdict.FAILED, "connection")


def _converse(
    server: MailServer, recipient: str, letter: EmailMessage, seconds: float, line: Line
) -> Outcome:
    session = _connected(server, seconds, line)
    try:
        session.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            if not session.has_extn("starttls"):
                return Outcome(Verdict.FAILED, "tls")
            session.starttls(context=_context(server))
            session.ehlo()
        if server.username is not None:
            if not session.has_extn("auth"):
                return Outcome(Verdict.REFUSED, "login")
            session.login(server.username, server.password or "")
        _expect(session.mail(server.sender.addr_spec))
        _expect(session.rcpt(recipient))
        code, answer = session.data(letter.as_bytes())
        with suppress(OSError, smtplib.SMTPException):
            session.putcmd("quit")  # a courtesy: waiting for its answer could lose the one that counts
    finally:
        session.close()
    if code != 250:
        return _by_code(code)
    queued = _QUEUED.search(answer)
    return Outcome(Verdict.ACCEPTED, f"smtp {code}", queued.group(1).decode("ascii") if queued else None)


def _expect(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, text)


def _by_code(code: int) -> Outcome:
    return Outcome(Verdict.REFUSED if 500 <= code < 600 else Verdict.FAILED, f"smtp {code}")


def _context(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def _connected(server: MailServer, seconds: float, line: Line) -> smtplib.SMTP:
    if server.security == "ssl":
        return _Secure(server, seconds, line)
    return _Plain(server, seconds, line)


class _Plain(smtplib.SMTP):
    """A session whose socket the line can cut."""

    def __init__(self, server: MailServer, seconds: float, line: Line) -> None:
        self._line = line
        self._handle: Handle | None = None
        super().__init__(server.host, server.port, local_hostname=server.sender.domain, timeout=seconds)

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        connected = socket.create_connection((host, port), timeout)
        self._handle = Handle(connected)
        self._line.watch(self._handle.cut)
        return connected

    def close(self) -> None:
        super().close()
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()


class _Secure(_Plain):
    """The same, encrypted from the first byte."""

    def __init__(self, server: MailServer, seconds: float, line: Line) -> None:
        self._server = server
        super().__init__(server, seconds, line)

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        connected = super()._get_socket(host, port, timeout)
        return _context(self._server).wrap_socket(connected, server_hostname=host)
