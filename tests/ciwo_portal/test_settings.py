"""Settings: what must be given, what follows from https, and that the operator's list is whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"")
ROW = re.compile(r"^\| `([A-Z_]+)`", re.MULTILINE)
SECURE = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
)


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_portal_refuses_to_start_without_a_secret_key():
    done = _python("import ciwo_portal.settings")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set. Sessions and links "
        "are signed with it: set it to a long random text and keep it secret. `make run` and "
        "`make test` set one by themselves."
    )


@pytest.mark.parametrize("key", ["short", "a" * 64])
def test_portal_refuses_a_weak_key_behind_https(key: str):
    code = "import ciwo_portal.settings"

    done = _python(code, SECRET_KEY=key, SITE_URL="https://portal.example.org")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is too easy to guess for a "
        "portal that people reach by https: at least 50 characters, of many kinds. python3 -c "
        "'import secrets; print(secrets.token_hex(32))' makes one."
    )


def test_nothing_is_reported_to_others_without_a_dsn():
    code = "import sys, ciwo_portal.settings; print('sentry_sdk' in sys.modules)"

    done = _python(code, SECRET_KEY="only-for-this-test")

    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "https://portal.example.org",
            [
                True,
                True,
                True,
                31_536_000,
                False,
                False,
                "__Host-sessionid",
                "__Host-csrftoken",
                False,
            ],
        ),
        (
            "http://127.0.0.1:8000",
            [False, False, False, 0, False, False, "sessionid", "csrftoken", True],
        ),
    ],
)
def test_secure_settings_follow_the_address(address: str, expected: list[object]):
    code = f"from ciwo_portal import settings as s; print([getattr(s, n) for n in {SECURE}])"

    done = _python(code, SECRET_KEY="only-for-this-test-" * 3, SITE_URL=address)

    assert (done.stdout, done.stderr) == (f"{expected}\n", "")


def test_operations_lists_every_variable_that_is_read():
    read = READ.findall((ROOT / "ciwo_portal" / "settings.py").read_text())

    listed = ROW.findall((ROOT / "docs" / "operations.md").read_text().split("\n## ")[1])

    assert sorted(listed) == sorted(set(read))
