"""How long somebody stays signed in, and what it takes to manage the portal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in import lacks_second_factor
from agencies.permissions import ask_for_second_factor
from ciwo_portal.session_store import SessionStore

NOTED_EVERY = timedelta(minutes=1)  # how exactly we know when somebody was last here
GUARDED = ("/manage/", "/admin/")


class SittingMiddleware:
    """Sign out who was away too long, or came half a day ago; those with more rights sooner."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End a sitting that is over; note, once a minute, that somebody is still here."""
        session = cast("SessionStore", request.session)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = timezone.now()
            if _is_over(session, request.user, now):
                logout(request)
                messages.info(request, _("You were signed out. Sign in again to go on."))
            elif session.written_at and now - session.written_at > NOTED_EVERY:
                session.modified = True
        return self.get_response(request)


class SecondFactorMiddleware:
    """Lead organisers and administrators to set up a second step before they manage anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ask for the second step where it is missing, else go on."""
        if request.path.startswith(GUARDED) and request.user.is_authenticated:
            user = request.user
            if (user.is_organiser or user.is_staff) and lacks_second_factor(user):
                return ask_for_second_factor(request)
        return self.get_response(request)


def _is_over(session: SessionStore, person: User, now: datetime) -> bool:
    has_rights = person.is_organiser or person.is_staff
    idle = settings.SESSION_IDLE_MANAGING if has_rights else settings.SESSION_IDLE
    began, seen = session.began_at, session.written_at
    is_old = bool(began and now - began > timedelta(seconds=settings.SESSION_COOKIE_AGE))
    return is_old or bool(seen and now - seen > timedelta(seconds=idle))
