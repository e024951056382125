"""Browsers in which somebody has signed in before, known by a signed cookie ("device cookie").

Wrong passwords of strangers do not count against them, so that nobody can keep an owner out of
the own account. The cookie opens nothing: it only gives its browser tries of its own.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

KNOWN_FOR = timedelta(days=180)
_signer = signing.TimestampSigner(salt="accounts.devices")


def recognize(request: HttpRequest, address: str) -> str:
    """Return this browser's number if the account of the address was opened in it, or ""."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        number, _dot, mark = _signer.unsign(cookie, max_age=KNOWN_FOR).partition(".")
    except signing.BadSignature:
        return ""
    return number if constant_time_compare(mark, _mark(address)) else ""


def remember(response: HttpResponse, address: str) -> None:
    """Let this browser be known as one in which the account of the address was opened."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        _signer.sign(f"{secrets.token_hex(16)}.{_mark(address)}"),
        max_age=KNOWN_FOR,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _mark(address: str) -> str:
    """Return what stands for the address: the cookie does not say whose browser it is."""
    return salted_hmac("accounts.devices", address.strip().lower(), algorithm="sha256").hexdigest()
