"""Calendars and the Atom feed: public webinars only, whoever asks."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import condition, require_safe

from events import ical, zones
from library.models import Topic
from webinars.models import Webinar, WebinarQuerySet

SHOWN = 200  # newest first
NEWS = 30
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _public() -> WebinarQuerySet:
    return Webinar.objects.visible_to(AnonymousUser()).order_by("-held_on", "-pk")


def _tag(webinars: WebinarQuerySet) -> str:
    """Return what changes whenever one of these webinars does."""
    seen = webinars.values_list("pk", "changed_at", "sequence")
    return f'"{sha256(repr((settings.SITE_URL, list(seen))).encode()).hexdigest()[:32]}"'


def _version(request: HttpRequest) -> str:
    return _tag(_public()[:SHOWN])


def _version_of_topic(request: HttpRequest, slug: str) -> str:
    return _tag(_public().filter(topics__slug=slug)[:SHOWN])


def _version_of_one(request: HttpRequest, slug: str) -> str:
    return _tag(Webinar.objects.visible_to(request.user).announced().filter(slug=slug))


def _answer(calendar: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


@require_safe
@condition(etag_func=_version)
def calendar(request: HttpRequest) -> HttpResponse:
    """Give all public webinars as one calendar."""
    address = settings.SITE_URL + reverse("webinars:calendar")
    return _answer(ical.feed(_public()[:SHOWN], _("CIWO webinars"), address), "webinars")


@require_safe
@condition(etag_func=_version_of_topic)
def topic_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the public webinars of a topic as one calendar."""
    topic = get_object_or_404(Topic, slug=slug)
    address = settings.SITE_URL + reverse("webinars:topic-calendar", args=[slug])
    name = _("CIWO webinars: %(topic)s") % {"topic": topic}
    return _answer(ical.feed(_public().filter(topics=topic)[:SHOWN], name, address), slug)


@require_safe
@condition(etag_func=_version_of_one)
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give one webinar for a calendar, without its join link."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user).announced(), slug=slug)
    address = settings.SITE_URL + reverse("webinars:event-calendar", args=[slug])
    return _answer(ical.feed([webinar], webinar.title, address), slug)


class News(Feed):  # type: ignore[type-arg] # no generic at run time
    """Public webinars as an Atom feed; its addresses never follow the request's host."""

    feed_type = Atom1Feed
    title = gettext_lazy("Webinars of the learning community")
    subtitle = gettext_lazy("What is announced, newest first.")
    author_name = settings.SITE_NAME

    def link(self) -> str:
        """Return the page that shows the same."""
        return f"{settings.SITE_URL}{reverse('webinars:list')}"

    def feed_url(self) -> str:
        """Return the feed's own address."""
        return f"{settings.SITE_URL}{reverse('webinars:feed')}"

    def feed_guid(self) -> str:
        """Return the feed's name for good."""
        return self.feed_url()

    def items(self) -> WebinarQuerySet:
        """Return the newest."""
        return _public()[:NEWS]

    def item_title(self, item: Webinar) -> str:
        """Return its title, and whether it was called off."""
        title = _NOT_IN_XML.sub("", item.title)
        return _("Canceled: %(title)s") % {"title": title} if item.is_cancelled else title

    def item_description(self, item: Webinar) -> SafeString:
        """Return in HTML when it is and what it is about."""
        day, hours = zones.day_in_words(item.held_on), ""
        if item.starts_at and item.ends_at:
            when = zones.in_words(item.starts_at, item.ends_at, item.time_zone)
            day, hours = f"{when.day}, ", when.hours
        summary = linebreaks(_NOT_IN_XML.sub("", item.summary), autoescape=True)
        return format_html("<p>{}{}</p>{}", day, hours, SafeString(summary))

    def item_link(self, item: Webinar) -> str:
        """Return its page."""
        return f"{settings.SITE_URL}{item.get_absolute_url()}"

    def item_guid(self, item: Webinar) -> str:
        """Return its name for good; a page may move."""
        return f"urn:uuid:{item.uid}"

    def item_updateddate(self, item: Webinar) -> datetime:
        """Return when it last changed."""
        return item.changed_at

    def item_pubdate(self, item: Webinar) -> datetime | None:
        """Return when it was announced; of a webinar on record, of which only the day is known,
        nobody knows that, and no moment is made up.
        """
        return item.published_at if item.starts_at else None


@require_safe
@condition(etag_func=_version)
def news(request: HttpRequest) -> Any:
    """Give the Atom feed."""
    return News()(request)
