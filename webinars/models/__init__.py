"""Webinars: the event, who speaks, who has a place, and the series it belongs to."""

from webinars.models.registration import Registration, RegistrationQuerySet
from webinars.models.series import Series, SeriesQuerySet
from webinars.models.webinar import Presenter, Webinar, WebinarQuerySet

__all__ = [
    "Presenter",
    "Registration",
    "RegistrationQuerySet",
    "Series",
    "SeriesQuerySet",
    "Webinar",
    "WebinarQuerySet",
]
