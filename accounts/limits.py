"""Tries to sign in: counted by address of the network and account together, told when refused.

Strangers run out of tries, owners do not: a browser in which the account was opened before has
tries of its own. Counts live in Redis, and in Postgres while Redis is away.
"""

import structlog
from allauth.core.internal import ratelimit
from django.http import HttpRequest
from prometheus_client import Counter

from accounts import devices

log = structlog.get_logger(__name__)
REFUSED = Counter(
    "ciwo_refused_tries", "Tries to sign in, and to get codes or links, refused as too many", ["at"]
)


def count(request: HttpRequest, what: str, address: str) -> ratelimit.RateLimitUsage | None:
    """Count a try for the account of this address; return None if it is one too many.

    Known and unknown addresses are counted alike. The rates of the three kinds of tries stand in
    the settings: `what` from this network address, `what_account` from anywhere, `what_known`
    from a browser that is known.
    """
    address = address.strip().lower()
    device = devices.recognize(request, address)
    if device:
        return _consume(request, f"{what}_known", device)
    near = _consume(request, what, f"{ratelimit.get_ip(request)} {address}")
    far = near and _consume(request, f"{what}_account", address)
    return ratelimit.RateLimitUsage(near.usage + far.usage) if near and far else None


def forget(request: HttpRequest, what: str, address: str) -> None:
    """Forget the tries for an account whose owner has proved the address."""
    app, key = "allauth.account", address.strip().lower()
    ratelimit.clear(request, app=app, action=f"{what}_account", key=key)
    ratelimit.clear(request, app=app, action=what, key=f"{ratelimit.get_ip(request)} {key}")


def note_refusal(request: HttpRequest | None) -> None:
    """Tell that a try was refused, by the name of its page: the log and the figures name nobody."""
    match = getattr(request, "resolver_match", None)
    at = (match.view_name if match else "") or "unknown"
    REFUSED.labels(at).inc()
    log.warning("try_refused", at=at)


def _consume(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(
        request, app="allauth.account", action=action, key=key
    )
    return usage
