"""How long somebody stays signed in, and which rights count meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user, logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in import hold_back
from ciwo_portal.session_store import SessionStore

NOTED_EVERY = timedelta(minutes=1)  # how exactly we know when somebody was last here


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


class ReaderRightsMiddleware(AuthenticationMiddleware):
    """Say who asks, with the rights that this session's second factor lets count."""

    def process_request(self, request: HttpRequest) -> None:
        """Put the person on the request; nobody is looked up before somebody asks."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _reader(request))  # type: ignore[assignment] # is one


def _is_over(session: SessionStore, person: User, now: datetime) -> bool:
    has_rights = person.is_organiser or person.is_staff
    idle = settings.SESSION_IDLE_MANAGING if has_rights else settings.SESSION_IDLE
    began, seen = session.began_at, session.written_at
    is_old = bool(began and now - began > timedelta(seconds=settings.SESSION_COOKIE_AGE))
    return is_old or bool(seen and now - seen > timedelta(seconds=idle))


def _reader(request: HttpRequest) -> User | AnonymousUser:
    person = get_user(request)
    if isinstance(person, User):
        hold_back(request, person)
    return person
