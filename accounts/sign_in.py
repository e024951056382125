"""How a person comes in: by address and password, and who needs a second step besides."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from accounts.models import User

_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none


class SignIn(AuthenticationBackend):  # type: ignore[misc] # allauth has no types
    """allauth's way in; it reads with the person what nearly every request wants to know."""

    def get_user(self, user_id: int) -> User | None:
        """Return who is signed in, unless the account has been closed since."""
        theirs = Authenticator.objects.filter(user=OuterRef("pk"), type__in=_STEPS)
        proved = EmailAddress.objects.filter(
            user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True
        )
        people = User.objects.filter(pk=user_id, is_active=True)
        person = people.annotate(has_step=Exists(theirs), is_proved=Exists(proved)).first()
        if person:
            person.has_second_factor, person.has_proved_address = person.has_step, person.is_proved
        return person


def has_proved_address(person: User) -> bool:
    """Whether the address that the person signs in with is proved to be theirs."""
    if person.has_proved_address is None:
        theirs = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True)
        person.has_proved_address = theirs.exists()
    return person.has_proved_address


def lacks_second_factor(person: User) -> bool:
    """Whether a person who decides about others must set up a second step first.

    Demonstration people are spared, so that the demonstration can be tried with a password.
    """
    if person.is_demo:
        return False
    if person.has_second_factor is None:
        theirs = Authenticator.objects.filter(user=person, type__in=_STEPS)
        person.has_second_factor = theirs.exists()
    return not person.has_second_factor
