"""What people may do beside their own things, and the way back in for who lost a second factor."""

from dataclasses import asdict, dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User


class LastAdministrator(Exception):
    """Nobody would be left who may do everything."""


@dataclass(frozen=True)
class Rights:
    """What a person may do; `is_active` is false for a closed account."""

    is_organiser: bool
    is_staff: bool
    is_superuser: bool
    is_active: bool


@transaction.atomic
def give(*, person: User, rights: Rights, by: User) -> None:
    """Let a person do this much from now on; only who may do everything decides so.

    Raises LastAdministrator, or PermissionDenied.
    """
    if not by.is_superuser:
        raise PermissionDenied
    refuse_to_lock_out(person=person, rights=rights)
    User.objects.filter(pk=person.pk).update(**asdict(rights))


def refuse_to_lock_out(*, person: User, rights: Rights) -> None:
    """Raise LastAdministrator if nobody would be left; inside a transaction this stays true."""
    highest = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    if transaction.get_connection().in_atomic_block:  # two cannot dismiss each other
        highest = highest.select_for_update(of=("self",), no_key=True)
    keeps = rights.is_superuser and rights.is_active
    if not keeps and {user.pk for user in highest} == {person.pk}:
        raise LastAdministrator


@transaction.atomic
def take_second_factors(*, person: User, by: User) -> None:
    """Take away what a person has lost, and tell them; they set up another at the next sign-in.

    Raises PermissionDenied.
    """
    if not by.is_superuser or by.pk == person.pk:
        raise PermissionDenied
    gone, _each = Authenticator.objects.filter(user=person).delete()
    if gone:
        get_adapter().send_notification_mail("mfa/email/totp_deactivated", person)
