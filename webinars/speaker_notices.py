"""The messages that speakers are owed."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy

from accounts.models import User
from events import news as event_news
from events import zones
from events.leads import Lead
from notifications import fanning
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars import calendar_parts, speaker_links
from webinars.models import Presenter, Registration
from webinars.permissions import may_keep

LEADS = (
    Lead("week", timedelta(days=7), timedelta(days=2), gettext_lazy("7 days"), can_wait=True),
    Lead("days", timedelta(days=2), timedelta(0), gettext_lazy("2 days"), can_wait=True),
)


def about(presenter: Presenter) -> str:
    """Return what a change to this speaker withdraws messages by."""
    return f"presenter/{presenter.pk}"


def reminder(presenter: Presenter, lead: Lead) -> Notification:
    """Ask for what is open; the start is part of the key, so that a move asks again."""
    starts_at = presenter.webinar.starts_at
    assert starts_at is not None  # noqa: S101 only webinars with a time are due
    return _notice(
        presenter,
        f"{lead.word}/{starts_at.isoformat()}",
        due_at=lead.owed_at(starts_at),
        useful_until=lead.useful_until(starts_at),
    )


def request(presenter: Presenter, now: datetime) -> Notification:
    """Ask for what is open because an organiser says so, once an hour at most."""
    word = f"asked/{now:%Y-%m-%dT%H}"
    return _notice(presenter, word, due_at=now, useful_until=presenter.webinar.ends_at)


def news(presenter: Presenter, word: str, known: dict[str, Any], now: datetime) -> Notification:
    """Tell a speaker that the webinar was "moved", "cancelled" or "reinstated"."""
    notice = _news(presenter, word, str(presenter.webinar.sequence), now)
    notice.context["known"] = known
    return notice


def still_owed(before: dict[str, Any]) -> Combinable:
    """Return what a speaker knows of the webinar: what it was before all that waits to be told."""
    return fanning.still_owed(["webinars/speaking_news"], "presenter/", "known", before)


def new_link(presenter: Presenter, now: datetime) -> Notification:
    """Bring a speaker the link that stands in place of the one of before."""
    return _news(presenter, "link", now.isoformat(), now)


def _news(presenter: Presenter, word: str, which: str, now: datetime) -> Notification:
    webinar = presenter.webinar
    return Notification(
        key=f"webinar-speaking-news/{presenter.pk}/{word}/{which}",
        kind="webinars/speaking_news",
        category=Category.CHANGES,
        about=about(presenter),
        address=presenter.email,
        context={"presenter": presenter.pk, "word": word, "sequence": webinar.sequence},
        priority=2,
        due_at=now,
        useful_until=webinar.ends_at,
    )


def _notice(
    presenter: Presenter, word: str, *, due_at: datetime, useful_until: datetime | None
) -> Notification:
    return Notification(
        key=f"webinar-speaking/{presenter.pk}/{word}",
        kind="webinars/speaking",
        category=Category.CHANGES,
        about=about(presenter),
        address=presenter.email,
        context={"presenter": presenter.pk},
        priority=3,
        due_at=due_at,
        useful_until=useful_until,
    )


def _write(notification: Notification) -> Letter:
    presenter = _presenter(notification)
    if presenter.webinar.is_cancelled:
        raise Dropped("the webinar was canceled")
    if presenter.is_done:
        raise Dropped("nothing is open any more")
    return _letter(notification, presenter, {})


def _write_news(notification: Notification) -> Letter:
    presenter, said = _presenter(notification), notification.context
    if said["word"] == "link":  # holds wherever the webinar moves
        if presenter.webinar.is_cancelled:
            raise Dropped("the webinar was canceled")
    elif presenter.webinar.sequence != said["sequence"]:
        raise Dropped("the webinar has changed since")
    elif _hears_by_place(presenter):
        raise Dropped("the speaker has a place too, and one message says it")
    word = said["word"]
    if said.get("known"):
        word = event_news.left_to_tell(presenter.webinar, said["known"])
        if not word:
            raise Dropped("the speaker knows it as it is")
    return _letter(notification, presenter, {"word": word})


def _hears_by_place(presenter: Presenter) -> bool:
    """Whether the same message goes to the speaker as somebody who has a place."""
    same = {"webinar": presenter.webinar, "person__email": presenter.email.lower()}
    place = Registration.objects.current().select_related("webinar", "person").filter(**same)
    return any(may_keep(one) for one in place)


def _presenter(notification: Notification) -> Presenter:
    presenter: Presenter | None = notification.found
    if presenter is None or presenter.email != notification.address:
        raise Dropped("the speaker was taken off, or has another address")
    return presenter


def _letter(notification: Notification, presenter: Presenter, extra: dict[str, Any]) -> Letter:
    webinar, starts_at = presenter.webinar, presenter.webinar.starts_at
    person = User.objects.filter(email=presenter.email.lower(), is_active=True).first()
    zone = person.time_zone if person and person.has_chosen_zone else webinar.time_zone
    now = notification.claimed_at
    known = notification.context.get("known") or {}
    context: dict[str, Any] = {
        "presenter": presenter,
        "webinar": webinar,
        "zone": zone,
        "was": event_news.was(webinar, known.get("times"), zone),
        "speaking_url": speaker_links.url(presenter),
        "starts": zones.start_in_words(starts_at, zone, now) if starts_at else "",
    }
    word = extra.get("word")
    method = "CANCEL" if word == "cancelled" else "REQUEST"
    made_at = notification.due_at
    calendar = None if word == "link" else calendar_parts.of_speaker(presenter, method, made_at)
    return Letter(context | extra, calendar, method, can_wait=True, happens_at=starts_at)


register(
    Kind(
        "webinars/speaking",
        Category.CHANGES,
        _write,
        "presenter",
        Presenter.objects.select_related("webinar"),
        gettext_lazy("To speakers: what is still open"),
    ),
    Kind(
        "webinars/speaking_news",
        Category.CHANGES,
        _write_news,
        "presenter",
        Presenter.objects.select_related("webinar"),
        gettext_lazy("To speakers: moved, canceled, on again, or a new link"),
    ),
)
