"""Redis over TLS: whoever cannot prove to be the host that was named is not spoken to."""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

ASK = """
import django, redis
django.setup()
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from ciwo_portal.celery import app

def cache():
    with redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0)) as client:
        return client.ping()

def broker():
    with app.connection_for_write() as connection:
        return connection.default_channel.client.ping()

def answers(ask):
    try:
        return bool(ask())
    except Exception as fault:
        while fault:
            if "CERTIFICATE_VERIFY_FAILED" in str(fault):
                return "refused"
            fault = fault.__cause__ or fault.__context__

print([answers(cache), answers(broker)])
"""


def _certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that signs itself, with its key, and return where."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    hosts = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    signed = made.add_extension(hosts, critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "certificate.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


async def _serve(certificate: Path, behind: tuple[str, int], started: Future[int]) -> None:
    """Speak TLS with whoever comes, and pass on what they say, until the loop is stopped."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = await asyncio.open_connection(*behind)
        await asyncio.gather(pass_on(reader, inside[1]), pass_on(inside[0], writer))

    async with await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context) as server:
        started.set_result(server.sockets[0].getsockname()[1])
        await server.serve_forever()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """The certificate of the server that speaks TLS."""
    return _certificate(tmp_path)


@pytest.fixture
def address(certificate: Path) -> Iterator[str]:
    """The tests' Valkey behind TLS."""
    plain, started = urlsplit(settings.REDIS_URL), Future[int]()
    loop = asyncio.new_event_loop()
    behind = (plain.hostname or "", plain.port or 6379)
    task = loop.create_task(_serve(certificate, behind, started))
    thread = Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])))
    thread.start()
    yield f"rediss://:{plain.password}@127.0.0.1:{started.result(30)}{plain.path}"
    loop.call_soon_threadsafe(task.cancel)
    thread.join()
    loop.close()


@pytest.mark.parametrize(
    ("is_known", "expected"),
    [(True, "[True, True]"), (False, "['refused', 'refused']")],
)
def test_redis_must_prove_who_it_is(address: str, certificate: Path, is_known: bool, expected: str):
    environment = {
        "DJANGO_SETTINGS_MODULE": "ciwo_portal.settings",
        "SECRET_KEY": "only-for-this-test",
        "REDIS_URL": address,
        "SSL_CERT_FILE": str(certificate) if is_known else "/etc/ssl/certs/ca-certificates.crt",
    }

    done = subprocess.run(  # noqa: S603 our own code
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.returncode) == (expected, 0), done.stderr
