"""Webinars: the event, who speaks, and who has a place."""

from webinars.models.registration import Registration, RegistrationQuerySet
from webinars.models.webinar import Presenter, Webinar, WebinarQuerySet

__all__ = ["Presenter", "Registration", "RegistrationQuerySet", "Webinar", "WebinarQuerySet"]
