"""How a person comes in: by address and password, and who needs a second step besides."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import SECOND_FACTORS, User


class SignIn(AuthenticationBackend):  # type: ignore[misc] # allauth has no types
    """allauth's way in; it reads with the person what nearly every request wants to know."""

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, unless the account has been closed since."""
        theirs = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        proved = EmailAddress.objects.filter(
            user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True
        )
        speaking = User.objects.filter(
            pk=OuterRef("pk"), memberships__role="coordinator", memberships__status="active"
        )
        people = User.objects.filter(pk=user_id, is_active=True).annotate(
            has_step=Exists(theirs), is_proved=Exists(proved), is_speaking=Exists(speaking)
        )
        person = people.first()
        if person and not may_enter(person):
            return None  # a running session ends, too
        if person:
            person.has_second_factor, person.has_proved_address = person.has_step, person.is_proved
            person.coordinates = person.is_speaking
        return person

    def user_can_authenticate(self, user: User) -> bool:
        """Whether this person may sign in with a password."""
        return may_enter(user)


def may_enter(person: User) -> bool:
    """Whether this person may sign in by any means.

    The password of demonstration people is published: they enter on one machine only, and only
    while demonstration data is on.
    """
    return person.is_active and (settings.ADMITS_DEMO_PEOPLE or not person.is_demo)


def has_proved_address(person: User) -> bool:
    """Whether the address that the person signs in with is proved to be theirs."""
    if person.has_proved_address is None:
        theirs = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True)
        person.has_proved_address = theirs.exists()
    return person.has_proved_address


def hold_back(request: HttpRequest, person: User) -> None:
    """Let the person's rights over others count only if this session has used a second factor.

    Demonstration people are spared where they may enter, so that a password is enough to try it.
    """
    if person.is_demo and settings.ADMITS_DEMO_PEOPLE:
        return
    used = any(record["method"] == "mfa" for record in get_authentication_records(request, person))
    person.is_held_back = not (used and person.signs_in_with_second_factor())


def awaits_second_factor(person: User | AnonymousUser) -> bool:
    """Whether the reader has rights that count only after a second factor."""
    return (
        isinstance(person, User)
        and person.is_held_back
        and (any(person.granted_rights) or bool(person.coordinates))
    )


@receiver(signals.authenticator_added)  # allauth has no other place for it
def use_new_step(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Count a second factor as used in the session in which it was set up, under a new key.

    Setting one up takes a code of the app, or a touch of the key, just as using it does.
    """
    if authenticator.type in SECOND_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        keep_session(request, user)


@receiver(signals.authenticator_removed)
def keep_session(request: HttpRequest, user: User, **_more: Any) -> None:
    """Keep this session, under a new key, where a change of second factors ends the others."""
    user.has_second_factor = None  # ask again
    update_session_auth_hash(request, user)
