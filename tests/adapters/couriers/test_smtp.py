"""E-mail against a real SMTP server on loopback: encryption, log-in, answers, and what a letter carries."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dutyroom.adapters.couriers.smtp import MailServer as Settings
from dutyroom.adapters.couriers.smtp import SmtpCourier, mail_address
from dutyroom.ports import Message, Outcome, Verdict
from tests.fakes.mail_server import MailServer
from tests.fakes.receivers import HttpSink, Mood

AMPLE = 20.0
SHORT = 0.3
NOW_MS = 1_790_000_000_000
LINK = "https://duty.example.cn/d/Zx8"
CALL = Message("d-1", 1, "li@example.cn", "zh", "alarm", "【紧急】示例路站", "请应答。", LINK, exercise=False)


def courier(port: int, **changes: object) -> SmtpCourier:
    chosen: dict[str, object] = {"security": "none"} | changes
    settings = Settings("127.0.0.1", port, sender=Address("值班室", addr_spec="duty@example.cn"), **chosen)  # type: ignore[arg-type]
    return SmtpCourier("email", settings, 1, lambda: NOW_MS)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as made:
        yield made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that signs itself; its own authority, so to speak."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_a_letter_carries_pointer_identity_and_nothing_of_a_person(server: MailServer) -> None:
    outcome = courier(server.port).send(CALL, AMPLE)
    assert outcome == Outcome(Verdict.ACCEPTED, "smtp 250", "4F1A2B")
    (letter,) = server.letters
    assert server.recipients == ["li@example.cn"]
    assert dict(letter.items()) == {
        "From": "值班室 <duty@example.cn>",
        "To": "li@example.cn",
        "Subject": "【紧急】示例路站",
        "Date": "Mon, 21 Sep 2026 14:13:20 -0000",
        "Message-ID": "<0741a320e613baac937e2644e8e96a2832166a3e@example.cn>",
        "Auto-Submitted": "auto-generated",
        "X-Dutyroom-Delivery": "d-1",
        "X-Dutyroom-Attempt": "1",
        "Importance": "high",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
        "MIME-Version": "1.0",
    }
    assert letter.get_content().splitlines() == ["请应答。", LINK]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 4.2.0 greylisted", Outcome(Verdict.FAILED, "smtp 450")),
        ("452 4.2.2 mailbox full", Outcome(Verdict.FAILED, "smtp 452")),
        ("550 5.1.1 unknown", Outcome(Verdict.REFUSED, "smtp 550")),
        ("553 5.1.3 li@example.cn is no mailbox", Outcome(Verdict.REFUSED, "smtp 553")),
    ],
)
def test_the_answer_to_the_recipient_counts(server: MailServer, answer: str, outcome: Outcome) -> None:
    server.recipient_answer = answer
    assert courier(server.port).send(CALL, AMPLE) == outcome
    assert server.letters == []


def test_encrypted_on_demand(certificate: Path, context: ssl.SSLContext) -> None:
    with MailServer(starttls=context) as server:
        sent = courier(server.port, security="starttls", ca_file=str(certificate)).send(CALL, AMPLE)
        assert sent.verdict is Verdict.ACCEPTED
        assert server.encrypted == [True]


def test_encrypted_from_the_first_byte(certificate: Path, context: ssl.SSLContext) -> None:
    with MailServer(tls=context) as server:
        sent = courier(server.port, security="ssl", ca_file=str(certificate)).send(CALL, AMPLE)
        assert sent.verdict is Verdict.ACCEPTED
        assert server.encrypted == [True]


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_that_nobody_vouches_for_gets_no_letter(context: ssl.SSLContext, security: str) -> None:
    with MailServer(**{"starttls" if security == "starttls" else "tls": context}) as server:
        assert courier(server.port, security=security).send(CALL, AMPLE) == Outcome(Verdict.FAILED, "tls")
        assert server.letters == []


def test_a_server_that_offers_no_encryption_gets_no_letter(server: MailServer) -> None:
    sent = courier(server.port, security="starttls", username="u", password="p").send(CALL, AMPLE)
    assert sent == Outcome(Verdict.FAILED, "tls")
    assert server.letters == []


def test_a_wrong_password_cannot_be_helped_by_trying_again() -> None:
    with MailServer(login=("duty", "right")) as server:
        good = courier(server.port, username="duty", password="right").send(CALL, AMPLE)
        bad = courier(server.port, username="duty", password="wrong").send(CALL, AMPLE)
    assert (good.verdict, bad) == (Verdict.ACCEPTED, Outcome(Verdict.REFUSED, "smtp 535"))


def test_a_log_in_that_the_server_does_not_know(server: MailServer) -> None:
    sent = courier(server.port, username="duty", password="right").send(CALL, AMPLE)
    assert sent == Outcome(Verdict.REFUSED, "login")


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DRIP, Mood.ENDLESS])
@pytest.mark.parametrize("security", ["none", "starttls"])
def test_what_was_cut_gives_its_slot_back(
    certificate: Path, context: ssl.SSLContext, mood: Mood, security: str
) -> None:
    with MailServer(starttls=context) as server:
        one_slot = courier(server.port, security=security, ca_file=str(certificate))
        server.mood = mood
        assert one_slot.send(CALL, SHORT).verdict is Verdict.FAILED
        server.mood = Mood.OK
        assert one_slot.send(CALL, AMPLE).verdict is Verdict.ACCEPTED


def test_something_that_is_no_mail_server() -> None:
    with HttpSink() as web:
        assert courier(web.port).send(CALL, SHORT).verdict is Verdict.FAILED
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for security in ("none", "ssl"):
            sent = courier(silent.getsockname()[1], security=security).send(CALL, SHORT)
            # Cut at the deadline: whether the library or the clock notices first is chance.
            assert sent.verdict is Verdict.FAILED and sent.detail in ("timeout", "connection")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("li@example.cn", "li@example.cn"),
        ("li.wei+duty@mail.example.cn", "li.wei+duty@mail.example.cn"),
        ("li@例子.公司", "li@xn--fsqu00a.xn--55qx5d"),
        ("李@example.cn", None),
        ("li", None),
        ("@example.cn", None),
        ("li@", None),
        ("li@-example.cn", None),
        ("li@example..cn", None),
        (".li@example.cn", None),
        ("li@example.cn, all@example.cn", None),
        ("<li@example.cn>", None),
        ("li@example.cn\nBcc: all@example.cn", None),
        ("li@example.cn\x00", None),
        ('"li\r\nRCPT TO:<x@example.cn>"@example.cn', None),
        ("li @example.cn", None),
        (f"{'l' * 250}@example.cn", None),
        (f"li@{'e' * 64}.cn", None),
    ],
)
def test_which_addresses_can_be_one(text: str, address: str | None) -> None:
    assert mail_address(text) == address
