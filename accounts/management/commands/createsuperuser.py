"""Add a site administrator whose address is taken as proved, so that mail need not work yet."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.management.commands import createsuperuser

from accounts.models import User


class Command(createsuperuser.Command):
    """Django's command; whoever runs it vouches for the address, to which no code is sent."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the administrator, and the address that signs in."""
        known = list(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
        super().handle(*args, **options)
        for person in User.objects.filter(is_superuser=True).exclude(pk__in=known):
            EmailAddress.objects.get_or_create(
                user=person, email=person.email, defaults={"verified": True, "primary": True}
            )
