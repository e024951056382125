"""What the mail provider tells of messages: delivered, come back, complained of.

A report is taken once, however often it comes, and in any order. It speaks only of the address
that the message went to: whoever knows a number alone changes nothing.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from anymail.signals import EventType
from django.db import transaction
from django.db.models.functions import Coalesce

from notifications import claiming, suppressing
from notifications.models import DeliveryEvent, Notification, Suppression
from notifications.providers import NAME

State, Kind = Notification.State, DeliveryEvent.Kind
_KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.BOUNCED: Kind.BOUNCED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.REJECTED: Kind.REFUSED,
    EventType.FAILED: Kind.REFUSED,
}
_NO_SUCH_ADDRESS = 550  # the code of SMTP; a report's own words may say more


def hear(event: Any, esp_name: str) -> None:
    """Take one report that anymail has read and found genuine."""
    kind = _KINDS.get(event.event_type)
    if kind is not None:
        note(event, kind, esp_name.lower(), now=claiming.database_time())


@transaction.atomic
def note(event: Any, kind: DeliveryEvent.Kind, provider: str, *, now: datetime) -> None:
    """Keep a report and draw its consequences; one that was heard before changes nothing.

    One of a message that we have not sent, or not there, has none: it is kept to be counted.
    """
    notification = _named(event)
    _row, is_new = DeliveryEvent.objects.get_or_create(
        provider=provider,
        event_id=_clean(event.event_id or _fingerprint(event)),
        defaults={"kind": kind, "notification": notification, "noted_at": now},
    )
    if not is_new or notification is None:
        return
    said = _clean(event.mta_response or event.description or "")
    if kind == Kind.COMPLAINED:
        complaint = Suppression.Reason.COMPLAINT
        suppressing.suppress(address=notification.address, reason=complaint, now=now)
    if kind == Kind.BOUNCED:
        suppressing.note_refusal(notification, _NO_SUCH_ADDRESS, said, now=now)
    _settle(notification, kind, said, now)


def _named(event: Any) -> Notification | None:
    """Return the message that a report names, if it went to the address that it speaks of."""
    facts = event.metadata if isinstance(event.metadata, dict) else {}
    number, recipient = str(facts.get(NAME, "")), str(event.recipient or "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    rows = Notification.objects.select_for_update(of=("self",)).select_related("recipient")
    found = rows.filter(pk=int(number)).first()
    if found is None or not recipient or found.address.lower() != recipient.lower():
        return None
    return found


def _clean(text: Any) -> str:
    """Return the text as the database keeps it: without NUL and halves of characters."""
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()[:200]


def _settle(notification: Notification, kind: DeliveryEvent.Kind, said: str, now: datetime) -> None:
    """Write what became of it; what is known to have come back is not delivered any more."""
    mine = Notification.objects.filter(pk=notification.pk)
    if kind == Kind.DELIVERED:  # one in doubt is in doubt no longer
        on_its_way = mine.filter(state__in=[State.SENDING, State.SENT])
        on_its_way.finish(State.DELIVERED, sent_at=Coalesce("sent_at", now), reason="")
    elif kind in (Kind.BOUNCED, Kind.REFUSED):
        gone = mine.filter(state__in=[State.SENDING, State.SENT, State.DELIVERED])
        gone.finish(State.FAILED, reason=f"it came back: {said}"[:200])


def _fingerprint(event: Any) -> str:
    """Return what tells apart reports to which the provider gives no number."""
    about = (event.event_type, event.message_id, event.recipient, event.timestamp)
    return sha256(repr(about).encode()).hexdigest()
