"""The browsers of the tests."""

import re
import time
from typing import Any

from allauth.account.internal.flows import login as records
from django.test import Client as DjangoClient  # noqa: TID251 what others import instead

from accounts.models import User
from agencies.models import Membership
from tests.factories import give_second_factor


class Client(DjangoClient):
    """Django's test client; who decides about others signs in with a second factor."""

    def force_login(
        self, user: Any, backend: str | None = None, *, uses_factor: bool = True
    ) -> None:
        """Sign the person in; `uses_factor=False` leaves it at the password."""
        if uses_factor and _decides(user):
            give_second_factor(user)
        user.has_second_factor = None  # it may have been given one since
        super().force_login(user, backend)
        if uses_factor:
            session = self.session
            session[records.AUTHENTICATION_METHODS_SESSION_KEY] = [
                {"method": "mfa", "at": time.time(), "type": "totp"}
            ]
            session[records._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)  # noqa: SLF001 no other name
            session.save()


def _decides(person: User) -> bool:
    return (
        any(person.granted_rights)
        or Membership.objects.coordinating().filter(person=person).exists()
    )


def site_map(client: DjangoClient) -> str:
    """Return what all files of the map for search engines say."""
    found = client.get("/sitemap.xml").content.decode()
    files = re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", found)
    return "".join(client.get(file).content.decode() for file in files)
