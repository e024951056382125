"""The image, and what docs/installation.md starts out of deploy/, really running."""

import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from django.core.files.base import ContentFile

from tests.deployed import DEPLOY, HOST, NGINX, ROOT, WITHIN, Deployed
from tests.factories import make_resource
from tests.image import Image, packages

HELD_IN = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "private, no-store",
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="figures.csv"',
}
UNITS = sorted((DEPLOY / "systemd").iterdir())


IMPORT_ALL = """
import importlib, pkgutil, sys, django
django.setup()
for top in sys.argv[1:]:
    for module in pkgutil.walk_packages([top], f"{top}."):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""


def _read_by_settings() -> set[str]:
    text = (ROOT / "ciwo_portal" / "settings.py").read_text()
    return set(re.findall(r'env(?:\.\w+)?[(,]\s*"([A-Z_]+)"', text))


def _read_by_processes() -> set[str]:
    text = "".join(path.read_text() for path in (ROOT / "Procfile", *UNITS))
    return set(re.findall(r"(?:\$\{|Environment=)(\w+)", text))


def test_every_variable_is_known_and_documented():
    example = (DEPLOY / "portal.env.example").read_text()
    given = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    guides = (ROOT / "docs" / "operations.md").read_text()
    told = set(re.findall(r"`([A-Z_]+)`", guides))

    assert given - _read_by_settings() - _read_by_processes() == {"PYTHONDONTWRITEBYTECODE"}
    assert _read_by_processes() - told == set()


def test_units_are_sound(tmp_path: Path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    (tmp_path / "code").symlink_to(ROOT)
    for unit in UNITS:
        text = unit.read_text().replace("/srv/ciwo", str(tmp_path / "code"))
        (tmp_path / unit.name).write_text(text)

    done = subprocess.run(  # noqa: S603 our own units
        [program, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in done.stderr.splitlines() if "ciwo-" in line] == []


def test_compose_files_and_the_image_name_what_is_there():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    secured = yaml.safe_load((DEPLOY / "compose.tls.yml").read_text())["services"]
    volumes = [*services["proxy"]["volumes"], *secured["proxy"]["volumes"]]
    mounted = {line.split(":")[0] for line in volumes if line.startswith("./")}

    assert set(secured) <= set(services)
    assert {name for name in mounted if not (ROOT / name).exists()} == {"./tls"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy", "mail"]


def test_timers_start_a_service_of_their_name():
    timers = {unit.stem for unit in UNITS if unit.suffix == ".timer"}

    assert timers <= {unit.stem for unit in UNITS if unit.suffix == ".service"}


def test_image_is_built_and_imports_everything_from_its_own_packages(image: Image):
    production = {
        "SECRET_KEY": "".join(str(number) for number in range(60)),
        "SITE_URL": "https://portal.example.org",
        "BEHIND_PROXY": "true",
        "DJANGO_SETTINGS_MODULE": "ciwo_portal.settings",
    }
    image.run(
        *("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"), **production
    )
    imported = image.run("python", "-c", IMPORT_ALL, *sorted(packages()), **production)

    assert imported.split() == sorted(packages())
    assert (image.folder / ".static" / "staticfiles.json").exists()


def test_services_start_as_the_units_say_and_stop_as_asked(deployed: Deployed):
    lasting = {name: deployed.unit(name) for name in ("web", "worker", "beat")}
    deployed.wait_until(lambda: deployed.answers("/readyz"))
    once = {name: deployed.unit(name).wait(timeout=WITHIN) for name in ("outbox", "clean")}

    deployed.stop()

    assert once == {"outbox": 0, "clean": 0}
    assert {name: process.returncode for name, process in lasting.items()} == dict.fromkeys(
        ("web", "worker", "beat"), 0
    )


@pytest.fixture
def proxied(deployed: Deployed) -> Deployed:
    """The web server behind nginx; skipped, with the reason, where nginx is missing."""
    if NGINX is None:
        assert os.environ.get("CIWO_REQUIRE_NGINX", "0") == "0", "nginx is not installed"
        pytest.skip("nginx is not installed")
    deployed.unit("web")
    deployed.nginx(NGINX)
    deployed.wait_until((deployed.folder / "nginx.pid").exists)
    deployed.wait_until(lambda: deployed.answers("/healthz"))
    return deployed


def test_nginx_leads_to_https_and_refuses_what_is_not_for_everybody(proxied: Deployed):
    moved = proxied.get("/library/?a=b", scheme="http")
    page = proxied.get("/")

    assert moved.status == 301
    assert moved.headers["location"] == "https://portal.example.org/library/?a=b"
    assert (page.status, page.headers["x-frame-options"]) == (200, "DENY")
    assert proxied.get("/accounts/login/", length=111 * 1024**2).status == 413
    assert proxied.get("/metrics").status == 403

    file = ContentFile(b"a,b\n1,2\n", "figures.csv")
    kept = make_resource(link="", file=file, file_name="figures.csv")
    answer = proxied.get(f"/files/{kept.uid}/")

    assert (answer.status, answer.body) == (200, b"a,b\n1,2\n")
    assert {name: answer.headers.get(name) for name in HELD_IN} == HELD_IN
    assert proxied.get(f"/protected/{kept.file.name}").status == 404


def test_portal_hears_of_no_request_before_it_is_whole(proxied: Deployed):
    half = (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\nlogin".encode()
    )
    with ExitStack() as held:
        lines = [held.enter_context(proxied.line()) for _ in range(40)]
        for line in lines:
            line.sendall(half)
        page = proxied.get("/?while=they-wait")
        heard = proxied.heard("POST /accounts/login/")

        last = held.enter_context(proxied.line())  # the first may have waited too long by now
        last.sendall(half)
        last.sendall(b"=ann")
        whole = last.recv(12)

    assert (page.status, heard) == (200, 0)
    assert whole == b"HTTP/1.1 403"  # no token against forgery
    proxied.wait_until(lambda: proxied.heard("POST /accounts/login/") == 1)
