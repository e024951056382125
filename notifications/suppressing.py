"""Addresses that must rest: they bounced, or their reader complained."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from notifications import notices, outbox
from notifications.models import NECESSARY, Notification, SoftBounce, Suppression

Reason = Suppression.Reason
SOFT_AFTER = 6  # refusals, a quarter of an hour: servers that hold strangers off have let us in
SOFT_BOUNCES, SOFT_WITHIN = 3, timedelta(days=14)
_ENHANCED = re.compile(r"\b[45]\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463


def ignorable(category: str) -> list[str]:
    """Return the reasons that do not hold up this category: service mail obeys bounces only."""
    return [Reason.ORGANISER] if category in NECESSARY else []


def why(address: str, category: str) -> str:
    """Say why nothing of this category may go to the address, or nothing if it may."""
    rests = Suppression.objects.filter(address_hash=hashed(address))
    found = rests.exclude(reason__in=ignorable(category)).first()
    return found.get_reason_display() if found else ""


def resting(addresses: Collection[str], category: str) -> set[str]:
    """Return those of the addresses to which nothing of this category may go."""
    by_hash = {hashed(address): address for address in addresses}
    rests = Suppression.objects.filter(address_hash__in=by_hash)
    found = rests.exclude(reason__in=ignorable(category)).values_list("address_hash", flat=True)
    return {by_hash[one] for one in found}


def of(address: str) -> Suppression | None:
    """Return why and since when the address rests, or None if it does not."""
    return Suppression.objects.filter(address_hash=hashed(address)).first()


def suppress(*, address: str, reason: Suppression.Reason, now: datetime) -> bool:
    """Write to this address no more; return whether it was written to until now.

    A graver reason takes the place of the organisers' own.
    """
    row, is_new = Suppression.objects.get_or_create(
        address_hash=hashed(address), defaults={"reason": reason, "since": now}
    )
    if not is_new and row.reason == Reason.ORGANISER:
        Suppression.objects.filter(pk=row.pk).update(reason=reason)
    return is_new


def allow(*, address: str) -> bool:
    """Write to this address again; return whether it had to rest."""
    SoftBounce.objects.filter(address_hash=hashed(address)).delete()
    deleted, _ = Suppression.objects.filter(address_hash=hashed(address)).delete()
    return deleted > 0


def note_refusal(notification: Notification, code: int, words: str, *, now: datetime) -> None:
    """Draw the consequence from a mail server's refusal of the address."""
    bounce = _bounce(code, words)
    if bounce == Reason.BOUNCE:
        is_new = suppress(address=notification.address, reason=Reason.BOUNCE, now=now)
        if is_new and notification.recipient is not None:
            outbox.queue(notices.unreachable(notification.recipient, now))
    elif bounce == Reason.SOFT and (code >= 500 or notification.attempts >= SOFT_AFTER):
        _count(notification, now)


def is_dislike(code: int, words: str) -> bool:
    """Whether a refusal for good is one of policy: a server's dislike of us, not of its reader."""
    enhanced = _ENHANCED.search(words)
    return code >= 500 and enhanced is not None and enhanced[1] == "7"


def _bounce(code: int, words: str) -> Suppression.Reason | None:
    """Tell a missing address from a full one, and both from a server's dislike of us."""
    enhanced = _ENHANCED.search(words)
    about = enhanced[1] if enhanced else {552: "2"}.get(code, "1")
    if code < 500:
        return Reason.SOFT if about in {"1", "2"} else None
    return {"1": Reason.BOUNCE, "2": Reason.SOFT}.get(about)


def _count(notification: Notification, now: datetime) -> None:
    address = notification.address
    SoftBounce.objects.get_or_create(
        notification=notification, defaults={"address_hash": hashed(address), "noted_at": now}
    )
    lately = SoftBounce.objects.filter(address_hash=hashed(address), noted_at__gt=now - SOFT_WITHIN)
    if lately.count() >= SOFT_BOUNCES:
        suppress(address=address, reason=Reason.SOFT, now=now)


def hashed(address: str) -> str:
    """Return what is kept of an address: SHA-256 of its lower-case form."""
    return sha256(address.lower().encode()).hexdigest()
