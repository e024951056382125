"""Read switches and numbers of the environment, and refuse a start that would only look safe.

Each refusal is one sentence that says what to set.
"""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

WORDS = {"true": True, "on": True, "yes": True, "1": True}
WORDS |= {"false": False, "off": False, "no": False, "0": False, "": False}
SHORTEST_TOKEN = 16  # characters


def switch(env: environ.Env, name: str, *, default: bool) -> bool:
    """Return whether the variable is on. A word that is neither yes nor no is refused."""
    word: str = env.str(name, default="true" if default else "false")
    if word.strip().lower() not in WORDS:
        raise ImproperlyConfigured(f"{name} is {word!r}: set it to true or false.")
    return WORDS[word.strip().lower()]


def number(env: environ.Env, name: str, *, default: int) -> int:
    """Return the variable as a whole number from 0 on."""
    text: str = env.str(name, default=str(default))
    if not text.isascii() or not text.isdigit():
        raise ImproperlyConfigured(f"{name} is {text!r}: set it to a whole number from 0 on.")
    return int(text)


def host_of(site_url: str) -> str:
    """Return the host of the portal's address. Refuses what is no address of a whole site."""
    parts = urlsplit(site_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            f"SITE_URL is {site_url!r}: set it to the whole address, such as "
            "https://portal.example.org, without a path."
        )
    return parts.hostname


def is_loopback(host: str) -> bool:
    """Whether the name or number stands for this machine alone."""
    name = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def refuse_guessable_keys(keys: Sequence[str]) -> None:
    """Refuse keys that sign sessions and links of a public portal and can be guessed."""
    if any(len(key) < 50 or len(set(key)) < 5 for key in keys):
        raise ImproperlyConfigured(
            "SECRET_KEY, or one of SECRET_KEY_FALLBACKS, is too easy to guess for a portal that "
            "other people reach: set at least 50 characters, of many kinds. "
            "python3 -c 'import secrets; print(secrets.token_hex(32))' makes one."
        )


def refuse_debug() -> None:
    """Refuse the pages for developers, which show settings and data, on a public portal."""
    raise ImproperlyConfigured(
        "DEBUG is on while SITE_URL is public: faults would show settings and data to everybody. "
        "Set DEBUG=false, or SITE_URL to an address of this machine."
    )


def refuse_hosts(hosts: Sequence[str], *, is_public: bool) -> None:
    """Refuse to answer to any name, and to public names while links lead to this machine."""
    if "*" in hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is *, which checks nothing: name the hosts, or leave it out."
        )
    reached = [host for host in hosts if "." in host and not is_loopback(host.lstrip("."))]
    if reached and not is_public:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS names {reached[0]}, but SITE_URL is an address of this machine, to "
            "which every link in mails would lead: set SITE_URL to the public address."
        )


def refuse_short_tokens(*, metrics: str, reports: str) -> None:
    """Refuse secrets of machines that can be tried out; empty means that nobody may come in."""
    if metrics and len(metrics) < SHORTEST_TOKEN:
        raise ImproperlyConfigured(
            f"METRICS_TOKEN is too short: set at least {SHORTEST_TOKEN} characters."
        )
    if reports and len(reports.partition(":")[2]) < SHORTEST_TOKEN:
        raise ImproperlyConfigured(
            "The password in MAIL_REPORTS_LOGIN is too short: set at least "
            f"{SHORTEST_TOKEN} characters."
        )


def refuse_reports(provider: str, login: str, signing_key: str) -> None:
    """Refuse reports that anybody could send, and settings of reports that nobody sends."""
    if provider not in ("", "mailgun", "postmark"):
        raise ImproperlyConfigured(
            "MAIL_PROVIDER is mailgun or postmark; leave it empty for others."
        )
    if not provider and (login or signing_key):
        raise ImproperlyConfigured(
            "MAIL_REPORTS_LOGIN or MAILGUN_SIGNING_KEY is set, but no provider reports: set "
            "MAIL_PROVIDER, or leave them out."
        )
    if provider and ":" not in login:
        raise ImproperlyConfigured(
            "MAIL_REPORTS_LOGIN is not set. With MAIL_PROVIDER the provider must sign in to "
            "report: set it to name:password, and give the provider "
            "https://name:password@…/mail/reports/."
        )
    if provider == "mailgun" and not signing_key:
        raise ImproperlyConfigured(
            "MAILGUN_SIGNING_KEY is not set: Mailgun signs its reports with it."
        )
