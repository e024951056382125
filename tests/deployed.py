"""The services as `deploy/` starts them, on loopback: the units' lines and nginx's files."""

import os
import shlex
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from ciwo_portal.embedded import die_with_parent, free_port
from tests.image import Image

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
HOST = "portal.example.org"
WITHIN = 240  # seconds for anything
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
MAIN = """
daemon off; pid {folder}/nginx.pid; {user} error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers by their lower-case names, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Deployed:
    """Services that were started from the files in deploy/."""

    def __init__(self, image: Image, folder: Path) -> None:
        self.image, self.folder = image, folder
        self.ports = {"http": free_port(), "https": free_port(), "web": free_port()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.media = folder / "media"
        for name in ("media", "figures", "certificate"):
            (folder / name).mkdir()

    def settings(self) -> None:
        """Write the example of the settings with this machine's addresses."""
        at = connection.settings_dict
        database = f"{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
        redis = django_settings.REDIS_URL.rpartition("/")[0]
        changed = {
            "SECRET_KEY": "".join(str(number) for number in range(60)),
            "DATABASE_URL": f"postgres://{database}",
            "REDIS_URL": f"{redis}/15",
            "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
            "STATIC_ROOT": str(self.image.folder / ".static"),
            "MEDIA_ROOT": str(self.media),
            "BEAT_SCHEDULE": str(self.folder / "schedule"),
            "PORT": str(self.ports["web"]),
        }
        lines = (DEPLOY / "portal.env.example").read_text().splitlines()
        named = [(line.partition("=")[0], line) for line in lines]
        told = [f"{name}='{changed[name]}'" if name in changed else line for name, line in named]
        (self.folder / "portal.env").write_text("\n".join(told) + "\n")

    def unit(self, name: str) -> subprocess.Popen[bytes]:
        """Start what a unit says, as systemd would."""
        text = (DEPLOY / "systemd" / f"ciwo-{name}.service").read_text()
        text = text.replace("/srv/ciwo", str(self.image.folder))
        text = text.replace("/run/ciwo-web", str(self.folder / "figures"))
        said = [line.partition("=")[::2] for line in text.splitlines() if "=" in line]
        variables = dict(value.split("=", 1) for key, value in said if key == "Environment")
        command = shlex.split(dict(said)["ExecStart"])
        base = {"PATH": self.image.environment["PATH"]}
        base["PORTAL_ENV"] = str(self.folder / "portal.env")
        return self.start(name, command, base | variables)

    def nginx(self, program: str) -> None:
        """Start nginx with the site and the locations of deploy/."""
        user = "user root;" if os.geteuid() == 0 else ""
        files = {"nginx.conf": MAIN.format(folder=self.folder, user=user)}
        site = (DEPLOY / "nginx" / "portal.conf").read_text()
        locations = (DEPLOY / "nginx" / "locations.conf").read_text()
        for old, new in (
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{self.ports['http']};"),
            ("listen 443 ", f"listen 127.0.0.1:{self.ports['https']} "),
            ("127.0.0.1:8000", f"127.0.0.1:{self.ports['web']}"),
            ("/etc/ssl/ciwo", str(self.folder / "certificate")),
            ("/etc/nginx/snippets/ciwo.conf", str(self.folder / "locations.conf")),
        ):
            assert old in site
            site = site.replace(old, new)
        files["site.conf"] = site
        files["locations.conf"] = locations.replace("/var/lib/ciwo/media", str(self.media))
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self._certify()
        self.start("nginx", [program, "-p", str(self.folder), "-c", f"{self.folder}/nginx.conf"])

    def start(
        self, name: str, command: list[str], environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program that ends with us."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 what deploy/ says
                command,
                cwd=self.image.folder,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 it only asks the kernel
            )
        return self.running[name]

    def stop(self) -> None:
        """End everything, and wait for it."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=WITHIN)

    def wait_until(self, happens: Callable[[], bool]) -> None:
        """Wait for a fact, as long as nothing has ended."""
        deadline = time.monotonic() + WITHIN
        while not happens():
            ended = [name for name, process in self.running.items() if process.poll()]
            said = {path.name: path.read_text()[-2000:] for path in self.folder.glob("*.log")}
            assert not ended, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

    def get(self, path: str, *, scheme: str = "https", length: int = 0) -> Answer:
        """Ask nginx, or with a scheme of "web" the web server behind it; `length` is a lie."""
        with self.line(scheme) as line:
            method = "POST" if length else "GET"
            line.sendall(
                f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
                f"Content-Length: {length}\r\n\r\n".encode()
            )
            with line.makefile("rb") as answer:
                head, _, body = answer.read().partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {key.lower(): value for key, _, value in (row.partition(": ") for row in rest)}
        return Answer(int(first.split()[1]), headers, body)

    def line(self, scheme: str = "https") -> socket.socket:
        """Open a connection."""
        line = socket.create_connection(("127.0.0.1", self.ports[scheme]), timeout=WITHIN)
        if scheme != "https":
            return line
        trusted = ssl.create_default_context(cafile=str(self.folder / "certificate/fullchain.pem"))
        return trusted.wrap_socket(line, server_hostname=HOST)

    def heard(self, request: str) -> int:
        """Return how many such requests the web server has in its log."""
        return (self.folder / "web.log").read_text().count(request)

    def answers(self, path: str) -> bool:
        """Whether the web server says yes."""
        address = f"http://127.0.0.1:{self.ports['web']}{path}"
        try:
            with urllib.request.urlopen(address, timeout=WITHIN) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False

    def _certify(self) -> None:
        folder = self.folder / "certificate"
        command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        name = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
        openssl = shutil.which("openssl") or "openssl"
        subprocess.run(  # noqa: S603 our own words
            [openssl, *command.split(), *name, *files], check=True, capture_output=True
        )


@pytest.fixture
def deployed(
    image: Image, tmp_path: Path, settings: Settings, transactional_db: None
) -> Iterator[Deployed]:
    """A place for services with settings of their own; it ends what was started there."""
    made = Deployed(image, tmp_path)
    settings.MEDIA_ROOT = made.media
    made.settings()
    try:
        yield made
    finally:
        made.stop()
