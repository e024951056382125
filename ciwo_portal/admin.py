"""What the site administration does not hold: second factors, proved addresses, groups.

allauth would show the secrets of the first, and let the second be set without what follows from it;
nobody's rights here come from the third.
"""

from allauth.account import admin as _addresses  # noqa: F401 registers, before it is taken back
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factors  # noqa: F401 likewise
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import admin as _groups  # noqa: F401 likewise
from django.contrib.auth.models import Group

admin.site.unregister([EmailAddress, Authenticator, Group])
