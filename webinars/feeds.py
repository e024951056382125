"""Calendars and the Atom feed: public webinars only, whoever asks."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition, require_safe

from events import ical
from webinars.models import Webinar, WebinarQuerySet

SHOWN = 200  # newest first


def _public() -> WebinarQuerySet:
    return Webinar.objects.visible_to(AnonymousUser()).order_by("-held_on", "-pk")


def _answer(calendar: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


def _version(request: HttpRequest) -> str:
    newest = _public().order_by("-changed_at").values_list("changed_at", flat=True).first()
    return f'"{_public().count()}-{newest.timestamp() if newest else 0}"'


@require_safe
@condition(etag_func=_version)
def calendar(request: HttpRequest) -> HttpResponse:
    """Give all public webinars as one calendar."""
    return _answer(ical.feed(_public()[:SHOWN], "CIWO webinars"), "webinars")


@require_safe
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give one webinar for a calendar, without its join link."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user).published(), slug=slug)
    return _answer(ical.feed([webinar], webinar.title), slug)


class News(Feed):  # type: ignore[type-arg] # no generic at run time
    """Public webinars as an Atom feed."""

    feed_type = Atom1Feed
    title = _("Webinars of the learning community")
    subtitle = _("What is announced, newest first.")
    link = "/webinars/"

    def items(self) -> WebinarQuerySet:
        """Return the newest."""
        return _public()[:30]

    def item_title(self, item: Webinar) -> str:
        """Return its title."""
        return item.title

    def item_description(self, item: Webinar) -> str:
        """Return its summary."""
        return item.summary

    def item_updateddate(self, item: Webinar) -> object:
        """Return when it last changed."""
        return item.changed_at

    def item_pubdate(self, item: Webinar) -> object:
        """Return when it was announced."""
        return item.published_at or timezone.now()
