"""Webinars: the event, who speaks, who has a place, what these are written, and the series."""

from webinars.models.mailing import Mailing
from webinars.models.offer import Offer, OfferQuerySet
from webinars.models.presenter import Consent, Presenter, PresenterQuerySet
from webinars.models.question import AccessNeed, RegistrationAnswer, RegistrationQuestion
from webinars.models.registration import Registration, RegistrationQuerySet
from webinars.models.rules import RULES, Rules
from webinars.models.series import Series, SeriesQuerySet
from webinars.models.webinar import Webinar, WebinarQuerySet

__all__ = [
    "RULES",
    "AccessNeed",
    "Consent",
    "Mailing",
    "Offer",
    "OfferQuerySet",
    "Presenter",
    "PresenterQuerySet",
    "Registration",
    "RegistrationAnswer",
    "RegistrationQuerySet",
    "RegistrationQuestion",
    "Rules",
    "Series",
    "SeriesQuerySet",
    "Webinar",
    "WebinarQuerySet",
]
