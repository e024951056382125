"""Addresses that must rest: they bounced, or their reader complained."""

from datetime import datetime
from hashlib import sha256

from notifications.models import Suppression


def is_suppressed(address: str) -> bool:
    """Whether this address must not be written to."""
    return Suppression.objects.filter(address_hash=_hash(address)).exists()


def suppress(*, address: str, reason: Suppression.Reason, now: datetime) -> None:
    """Write to this address no more; the first reason stays."""
    Suppression.objects.get_or_create(
        address_hash=_hash(address), defaults={"reason": reason, "since": now}
    )


def _hash(address: str) -> str:
    return sha256(address.lower().encode()).hexdigest()
