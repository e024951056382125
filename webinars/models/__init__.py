"""Webinars: the event, who speaks, who has a place, what these are written, and the series."""

from webinars.models.mailing import Mailing
from webinars.models.offer import Offer, OfferQuerySet
from webinars.models.registration import Registration, RegistrationQuerySet
from webinars.models.series import Series, SeriesQuerySet
from webinars.models.webinar import Presenter, Webinar, WebinarQuerySet

__all__ = [
    "Mailing",
    "Offer",
    "OfferQuerySet",
    "Presenter",
    "Registration",
    "RegistrationQuerySet",
    "Series",
    "SeriesQuerySet",
    "Webinar",
    "WebinarQuerySet",
]
