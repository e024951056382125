"""A speaker's personal link: a page to say what is ready, and to answer about the recording."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from events.personal_links import refuse_ended
from webinars.models import Presenter

# A copy of the database alone makes no link: the signature needs the portal's secret.
_signer = signing.Signer(salt="webinars.speaking", sep=".")


class UnknownLink(Exception):
    """The link was not made by us, or its speaker was taken off since."""


def token(presenter: Presenter) -> str:
    """Return what stands in the links of this speaker."""
    return _signer.sign(presenter.key.hex)


def url(presenter: Presenter) -> str:
    """Return the absolute address of the speaker's own page."""
    return f"{settings.SITE_URL}{reverse('webinars:speaking', args=[token(presenter)])}"


def read(text: str, now: datetime) -> Presenter:
    """Return whose link this is. Raises UnknownLink or LinkEnded."""
    try:
        key = UUID(_signer.unsign(text))
        presenter = Presenter.objects.select_related("webinar").get(key=key)
    except (signing.BadSignature, ValueError, Presenter.DoesNotExist):
        raise UnknownLink from None
    refuse_ended(presenter.webinar, now)
    return presenter
