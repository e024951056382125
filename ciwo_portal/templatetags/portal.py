"""Tags and filters that all templates have."""

import json
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nh3
from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.template import Context
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from ciwo_portal import around, structured
from events import leads, zones
from events.models import Event
from library import scanning
from notifications import kinds, placeholders
from records import closing
from records.models import Recording
from webinars.models import Webinar

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False})
_TAG = '<span class="tag tag--{}">{}{}</span>'
_LEAF = '<div class="ledger__date"><time datetime="{}"><b>{}</b><span>{}</span></time></div>'
_NO_TAGS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "blockquote", "code", "br"}


@cache
def _icons() -> dict[str, str]:
    kept: dict[str, str] = json.loads(
        (Path(__file__).resolve().parent.parent / "icons.json").read_text()
    )
    return kept


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon of frontend/src/icons.txt; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_icons()[name]),  # noqa: S308 our own committed file
    )


@register.simple_block_tag
def keep(content: str) -> SafeString:
    """Keep what is written inside, on one line: `{% keep as title %}…{% endkeep %}`."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 the template has escaped it


@register.simple_tag
def kind_tag(kind: str) -> SafeString:
    """Say what an event is: "webinar" or "session"."""
    return _kind_tag(kind, get_language())


@cache
def _kind_tag(kind: str, language: str) -> SafeString:
    if kind == "webinar":
        return format_html(_TAG, "webinar", icon("public"), _("Webinar"))
    return format_html(_TAG, "session", icon("groups"), _("Community session"))


@register.simple_tag
def date_leaf(day: date) -> SafeString:
    """Write the first cell of a ledger's row: the day of an event."""
    return _date_leaf(day, get_language())


@lru_cache(maxsize=1000)
def _date_leaf(day: date, language: str) -> SafeString:
    return format_html(_LEAF, day.isoformat(), date_format(day, "M j"), day.year)


@register.simple_tag
def structured_data(webinar: Webinar) -> SafeString:
    """Write what search engines read of a public webinar."""
    return _as_data(structured.event(webinar))


@register.simple_tag
def structured_video(recording: Recording) -> SafeString:
    """Write what search engines read of a recording that is everybody's."""
    return _as_data(structured.video(recording))


@register.simple_tag
def closing_steps(webinar: Webinar) -> list[closing.Step]:
    """Return what is left to do after a webinar, for organisers."""
    return closing.steps(webinar)


@register.simple_tag(takes_context=True)
def recording_of(context: dict[str, Any], webinar: Webinar) -> Recording | None:
    """Return the webinar's recording if it is out and this reader may see it."""
    rows = Recording.objects.visible_to(context["user"]).published().filter(webinar=webinar)
    return rows.first()


@register.simple_tag(takes_context=True)
def around_topics(context: Context, event: Event) -> around.Around:
    """Return what was and will be held on the event's topics."""
    return around.on_topics(event, context["user"])


@register.simple_tag(takes_context=True)
def on_record(context: Context, event: Event) -> around.OnRecord | None:
    """Return what the record of the event's year says, if the event is in it."""
    return around.on_record(event, context["user"])


@register.simple_tag(takes_context=True)
def is_about_demo(context: Context) -> bool:
    """Whether the page is about something invented."""
    values = context.flatten().values()
    # By the exact type: asking a lazy value what it is would fetch it.
    rows = [value for value in values if issubclass(type(value), Model)]
    return any(getattr(row, "is_demo", False) for row in rows)


def _as_data(said: dict[str, Any] | None) -> SafeString:
    """Write data into a page, which no browser runs."""
    if said is None:
        return SafeString()
    text = json.dumps(said, ensure_ascii=False).translate(_NO_TAGS)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 no "<" is left in it
    )


@register.simple_tag
def files_are_scanned() -> bool:
    """Whether a virus scanner looks at what is sent."""
    return scanning.is_on()


@register.filter
def markdown(text: str) -> SafeString:
    """Turn what an organiser wrote into clean HTML; headings start below the page's own."""
    html = _markdown.render(text)
    for level in (2, 1):
        html = html.replace(f"h{level}>", "h3>")
    return mark_safe(nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}))  # noqa: S308 cleaned


@register.filter
def message_title(kind: str) -> str:
    """Say what organisers call a kind of message."""
    return kinds.title(kind)


@register.filter
def reminders_in_words(plan: list[str]) -> str:
    """Say when the reminders of a plan come."""
    spans = leads.in_words(plan)
    return _("Reminders %(spans)s before.") % {"spans": spans} if spans else _("No reminders.")


@register.filter
def numbers(page: Page[Any]) -> list[int]:
    """Return the numbers of the pages to link to; a gap between them is a 0."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [one if isinstance(one, int) else 0 for one in shown]


@register.filter
def initials(name: str) -> str:
    """Return up to two initials of a name."""
    words = [word for word in name.replace("(demo)", "").split() if word[0].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def announced(event: Event) -> zones.When | None:
    """Return an event's time in words in the zone that was announced; None if only a date."""
    return _when(event, event.time_zone)


@register.filter
def in_zone(event: Event, zone: str) -> zones.When | None:
    """Return an event's time in words in the reader's zone; None if it is the announced one."""
    return None if not zone or zone == event.time_zone else _when(event, zone)


@register.filter
def moment_in(moment: datetime, zone: str) -> str:
    """Return a moment in words for the given zone."""
    return zones.moment_in_words(moment, zone)


@register.simple_tag
def moment_beside(moment: datetime, zone: str, other: str) -> str:
    """Return a moment in words for the reader's zone, with another's beside it."""
    return zones.moment_beside(moment, zone, other)


@register.filter
def closes(webinar: Webinar, zone: str) -> str:
    """Return in words when registration closes, for the given zone or else the webinar's."""
    closes_at = webinar.before_start(webinar.closes_hours)
    return zones.moment_in_words(closes_at, zone or webinar.time_zone)


@register.filter
def other_zones(event: Event) -> list[zones.When]:
    """Return an event's time in the common zones, without the announced one."""
    names = [name for name in zones.COMMON if name != event.time_zone]
    return [when for name in names if (when := _when(event, name))]


@register.filter
def readable(text: str) -> str:
    """Return what an organiser wrote for a heading, its placeholders named in brackets."""
    return placeholders.readable(text)


@register.filter
def zone_name(zone: str) -> str:
    """Return the common name of an IANA zone."""
    return zones.zone_name(zone)


@register.filter
def in_full(day: Any) -> str:
    """Say a day in full: Thursday, January 14, 2027."""
    return zones.day_in_words(day)


def _when(event: Event, zone: str) -> zones.When | None:
    if event.starts_at is None or event.ends_at is None:
        return None
    return zones.in_words(event.starts_at, event.ends_at, zone)
