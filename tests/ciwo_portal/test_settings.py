"""Settings: what must be given, what follows from https, and that the operator's list is whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"env(?:\.\w+\(|, )\s*\"([A-Z_]+)\"")
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


KEY = "only-for-this-test-" * 3
PUBLIC, LOCAL = "https://portal.example.org", "http://localhost:8000"
WEAK = (
    "SECRET_KEY, or one of SECRET_KEY_FALLBACKS, is too easy to guess for a portal that other "
    "people reach: set at least 50 characters, of many kinds. python3 -c 'import secrets; "
    "print(secrets.token_hex(32))' makes one."
)
REFUSED = {
    "a short key": ({"SECRET_KEY": "short", "SITE_URL": PUBLIC}, WEAK),
    "a key of one letter": ({"SECRET_KEY": "a" * 64, "SITE_URL": PUBLIC}, WEAK),
    "a short key without https": (
        {"SECRET_KEY": "short", "SITE_URL": "http://portal.example.org"},
        WEAK,
    ),
    "a short earlier key": ({"SECRET_KEY_FALLBACKS": "short", "SITE_URL": PUBLIC}, WEAK),
    "debugging in public": (
        {"DEBUG": "on", "SITE_URL": PUBLIC},
        (
            "DEBUG is on while SITE_URL is public: faults would show settings and data to "
            "everybody. Set DEBUG=false, or SITE_URL to an address of this machine."
        ),
    ),
    "no address": (
        {"ALLOWED_HOSTS": "localhost,portal.example.org"},
        (
            "ALLOWED_HOSTS names portal.example.org, but SITE_URL is an address of this machine, "
            "to which every link in mails would lead: set SITE_URL to the public address."
        ),
    ),
    "any host": (
        {"ALLOWED_HOSTS": "*", "SITE_URL": PUBLIC},
        "ALLOWED_HOSTS is *, which checks nothing: name the hosts, or leave it out.",
    ),
    "an address without https://": (
        {"SITE_URL": "portal.example.org"},
        (
            "SITE_URL is 'portal.example.org': set it to the whole address, such as "
            "https://portal.example.org, without a path."
        ),
    ),
    "a switch that is neither": (
        {"SENDS_MAIL": "flase"},
        "SENDS_MAIL is 'flase': set it to true or false.",
    ),
    "a number below zero": (
        {"VISITOR_CACHE_SECONDS": "-1"},
        "VISITOR_CACHE_SECONDS is '-1': set it to a whole number from 0 on.",
    ),
    "a token to try out": (
        {"METRICS_TOKEN": "secret", "SITE_URL": PUBLIC},
        "METRICS_TOKEN is too short: set at least 16 characters.",
    ),
    "a provider's password to try out": (
        {"MAIL_PROVIDER": "postmark", "MAIL_REPORTS_LOGIN": "post:mark", "SITE_URL": PUBLIC},
        "The password in MAIL_REPORTS_LOGIN is too short: set at least 16 characters.",
    ),
    "reports without a provider": (
        {"MAIL_REPORTS_LOGIN": "post:mark"},
        (
            "MAIL_REPORTS_LOGIN or MAILGUN_SIGNING_KEY is set, but no provider reports: set "
            "MAIL_PROVIDER, or leave them out."
        ),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_portal_refuses_to_start_with(what: str):
    environment, sentence = REFUSED[what]

    done = _python("import ciwo_portal.settings", **{"SECRET_KEY": KEY} | environment)

    assert done.stderr.splitlines()[-1] == (
        f"django.core.exceptions.ImproperlyConfigured: {sentence}"
    )


def test_demo_people_enter_on_one_machine_only_and_only_while_demo_data_is_on():
    code = "from ciwo_portal import settings as s; print(s.ADMITS_DEMO_PEOPLE)"

    said = {
        (address, word): _python(
            code, SECRET_KEY=KEY, SITE_URL=address, HAS_DEMO_DATA=word
        ).stdout.strip()
        for address in (PUBLIC, LOCAL)
        for word in ("true", "false")
    }

    assert said == {
        (PUBLIC, "true"): "False",
        (PUBLIC, "false"): "False",
        (LOCAL, "true"): "True",
        (LOCAL, "false"): "False",
    }


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
