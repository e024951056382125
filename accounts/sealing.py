"""Secrets of second factors as they stand in the database: encrypted, with keys made of SECRET_KEY.

Rows from before this was so are read as they are, until `seal_all` has come by.
"""

import base64
import logging
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)
_MARK = "sealed:"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Second factors whose secrets nobody reads in the database or a copy of it."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return _MARK + _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; where no key opens it, one that nobody knows and no code fits."""
        if not encrypted_text.startswith(_MARK):
            return encrypted_text
        try:
            return _keys().decrypt(encrypted_text.removeprefix(_MARK)).decode()
        except InvalidToken:
            logger.exception("second_factor_cannot_be_read")  # SECRET_KEY_FALLBACKS lacks its key
            return str(generate_totp_secret())


def seal_all() -> int:
    """Encrypt every secret under the newest key that is not, and count the rows; safe to repeat.

    What no key opens is left as it is: the key may come back.
    """
    sealed = 0
    pks = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    for pk in list(pks.values_list("pk", flat=True)):
        with transaction.atomic():  # a recovery code that is used meanwhile stays used
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            data = _sealed(row.data) if row else None
            if row and data != row.data:
                Authenticator.objects.filter(pk=pk).update(data=data)
                sealed += 1
    return sealed


def _sealed(data: dict[str, Any]) -> dict[str, Any]:
    one = {name: _anew(data[name]) for name in ("secret", "seed") if name in data}
    codes = data.get("migrated_codes")
    return data | one | ({"migrated_codes": [_anew(code) for code in codes]} if codes else {})


def _anew(text: str) -> str:
    """Return a secret under the newest key; one that is so already stays as it is."""
    if not text.startswith(_MARK):
        return MFAAdapter().encrypt(text)
    token = text.removeprefix(_MARK).encode()
    try:
        _fernet(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        try:
            return _MARK + _keys().rotate(token).decode()
        except InvalidToken:
            logger.exception("second_factor_cannot_be_read")
    return text


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(k) for k in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    made = salted_hmac("accounts.sealing", "second factors", secret=key, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(made.digest()))
