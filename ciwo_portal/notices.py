"""The messages about accounts and memberships: what allauth would mail, and who may come in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Membership
from agencies.permissions import can_approve
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification

# The last part of each of allauth's mail templates: the word of the kind that says it.
WORDS = {
    "email_confirmation": "code",
    "email_confirmation_signup": "code",
    "login_code": "code",
    "password_reset_code": "code",
    "password_reset_key": "reset_link",
    "unknown_account": "unknown_account",
    "account_already_exists": "account_exists",
    "password_changed": "changed",
    "password_reset": "changed",
    "password_set": "changed",
    "email_changed": "changed",
    "email_confirm": "changed",
    "email_deleted": "changed",
    "totp_activated": "changed",
    "totp_deactivated": "changed",
    "webauthn_added": "changed",
    "webauthn_removed": "changed",
    "recovery_codes_generated": "changed",
}
# A code dies with the page that asks for it; a warning is worth reading a week later.
USEFUL_FOR = {
    "code": timedelta(minutes=15),
    "reset_link": timedelta(hours=1),
    "unknown_account": timedelta(hours=1),
    "account_exists": timedelta(hours=1),
    "changed": timedelta(days=7),
}
CHANGES = {
    "password_changed": _("Your password was changed"),
    "password_reset": _("Your password was reset"),
    "password_set": _("A password was set for your account"),
    "email_changed": _("The e-mail address of your account was changed"),
    "email_confirm": _("Your e-mail address was confirmed"),
    "email_deleted": _("An e-mail address was removed from your account"),
    "totp_activated": _("An authenticator app was added to your account"),
    "totp_deactivated": _("The authenticator app was removed from your account"),
    "webauthn_added": _("A passkey was added to your account"),
    "webauthn_removed": _("A passkey was removed from your account"),
    "recovery_codes_generated": _("New recovery codes were made for your account"),
}
_TITLES = {
    "code": _("Code to sign in or to verify"),
    "reset_link": _("Link to reset a password"),
    "unknown_account": _("Answer to an unknown address"),
    "account_exists": _("Answer to a second sign-up"),
    "changed": _("Change to an account"),
}
# What allauth hands over and a text needs; names are left out, since anybody can type any name.
FACTS = ("code", "password_reset_url", "from_email", "to_email", "deleted_email")


def account(prefix: str, address: str, context: dict[str, Any], now: datetime) -> Notification:
    """Owe what allauth would mail; known and unknown addresses are treated alike."""
    event = prefix.rpartition("/")[2]
    word = WORDS[event]
    facts = {name: str(context[name]) for name in FACTS if name in context}
    return Notification(
        key=f"account/{event}/{uuid4()}",
        kind=f"accounts/{word}",
        category=Category.ACCOUNT,
        address=address,
        context={"event": event, "at": now.isoformat()} | facts,
        priority=1,  # somebody waits for it
        due_at=now,
        useful_until=now + USEFUL_FOR[word],
    )


def asked(membership: Membership, decider: User, now: datetime) -> Notification:
    """Tell who may decide that somebody would like to come in."""
    return Notification(
        key=f"membership-asked/{membership.pk}/{decider.pk}",
        kind="agencies/asked",
        category=Category.ACCOUNT,
        about=about_request(membership),
        recipient=decider,
        context={"membership": membership.pk},
        due_at=now,
        useful_until=now + timedelta(days=30),
    )


def waiting(places: Sequence[Membership], reader: User, now: datetime) -> Notification:
    """Bring up requests that nobody has decided on; one message for those due together."""
    return Notification(
        key=f"memberships-wait/{reader.pk}/{now.isoformat()}",
        kind="agencies/waiting",
        category=Category.ACCOUNT,
        about=f"memberships-wait/{reader.pk}",
        recipient=reader,
        context={"memberships": [place.pk for place in places]},
        due_at=now,
        useful_until=now + timedelta(days=14),
    )


def decided(membership: Membership, word: str, now: datetime) -> Notification:
    """Tell a person what became of the place: approved, declined, appointed or ended."""
    return Notification(
        key=f"membership-{word}/{membership.pk}/{now.isoformat()}",
        kind=f"agencies/{word}",
        category=Category.ACCOUNT,
        about=f"membership/{membership.pk}",
        recipient=membership.person,
        context={"membership": membership.pk},
        due_at=now,
        useful_until=now + timedelta(days=7),
    )


def about_request(membership: Membership) -> str:
    """Return what a decision withdraws the request's messages by."""
    return f"membership-request/{membership.pk}"


def _write_account(notification: Notification) -> Letter:
    facts = notification.context
    event = facts["event"]
    context = {name: facts.get(name, "") for name in FACTS}
    context["password_reset_url"] = facts.get("password_reset_url") or _url(
        "account_reset_password"
    )
    context["signup_url"] = _url("account_signup")
    context["is_new_account"] = event == "email_confirmation_signup"
    context["what"] = CHANGES.get(event, "")
    context["at"] = datetime.fromisoformat(facts["at"])
    context["address"] = notification.address
    return Letter(context)


def _write_asked(notification: Notification) -> Letter:
    membership = _membership(notification)
    decider = notification.recipient
    if membership.status != Membership.Status.PENDING:
        raise Dropped("the request has been decided or taken back")
    if decider is None or not can_approve(decider, membership):
        raise Dropped("the person may not decide on this request any more")
    page = "agencies:manage-memberships" if decider.is_organiser else "agencies:join"
    return Letter({"membership": membership, "url": _url(page)})


def _write_waiting(notification: Notification) -> Letter:
    reader = notification.recipient
    named = Membership.objects.pending().filter(pk__in=notification.context["memberships"])
    leading = Membership.objects.coordinating().filter(person__is_active=True)
    coordinators = Prefetch(
        "agency__memberships",
        leading.select_related("person").order_by("person__name", "pk"),
        to_attr="coordinators",
    )
    places = [
        place
        for place in named.select_related("agency", "person").prefetch_related(coordinators)
        if reader is not None and can_approve(reader, place)
    ]
    if reader is None or not places:
        raise Dropped("the requests have been decided or taken back")
    page = "agencies:manage-memberships" if reader.is_organiser else "agencies:join"
    context = {"places": places, "is_organiser": reader.is_organiser, "url": _url(page)}
    return Letter(context, can_wait=True)


def _write_approved(notification: Notification) -> Letter:
    return _about_a_place(notification, Membership.Status.ACTIVE)


def _write_left(notification: Notification) -> Letter:
    return _about_a_place(notification, Membership.Status.ENDED)


def _about_a_place(notification: Notification, status: Membership.Status) -> Letter:
    membership = _membership(notification)
    if membership.status != status:
        raise Dropped("the membership has changed since")
    has_agency = membership.person.memberships.active().exists()
    label = _("Go to my agency") if has_agency else _("See how to join an agency")
    return Letter({"membership": membership, "url": _url("agencies:join"), "label": label})


def _membership(notification: Notification) -> Membership:
    found = Membership.objects.select_related("agency", "person").filter(
        pk=notification.context["membership"]
    )
    if not found:
        raise Dropped("the membership is gone")
    return found[0]


def _url(name: str) -> str:
    return f"{settings.SITE_URL}{reverse(name)}"


register(
    *(
        Kind(f"accounts/{word}", Category.ACCOUNT, _write_account, title=_TITLES[word])
        for word in USEFUL_FOR
    ),
    *(
        Kind(f"agencies/{word}", Category.ACCOUNT, write, title=title)
        for word, write, title in (
            ("asked", _write_asked, _("Somebody asks for a place")),
            ("waiting", _write_waiting, _("Requests for a place that still wait")),
            ("approved", _write_approved, _("Place in an agency approved")),
            ("appointed", _write_approved, _("New role in an agency")),
            ("declined", _write_left, _("Place in an agency declined")),
            ("ended", _write_left, _("Place in an agency ended")),
        )
    ),
)
