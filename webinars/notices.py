"""The messages that a webinar owes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import leads, news, zones
from events.leads import LEADS, Lead
from notifications import fanning, subjects
from notifications.fanning import ToEach
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification, NotificationQuerySet
from webinars import calendar_parts, join_links, own_texts, permissions, personal, placeholders
from webinars.models import Registration, Webinar
from webinars.models.registration import THANKS_AFTER, THANKS_UNTIL
from webinars.models.webinar import THANKS

State = Registration.State
# What organisers call the messages.
TITLES = {
    "webinars/receipt": gettext_lazy("Confirmation"),
    "webinars/seat": gettext_lazy("A seat for who waited"),
    "webinars/moved": gettext_lazy("New time"),
    "webinars/declined": gettext_lazy("Registration declined"),
    "webinars/left": gettext_lazy("Place canceled"),
    "webinars/cancelled": gettext_lazy("Webinar canceled"),
    "webinars/reinstated": gettext_lazy("Webinar on again"),
    "webinars/reminder": gettext_lazy("Reminder"),
    "webinars/thanks": gettext_lazy("Thanks afterwards"),
}
Known = dict[str, Any]  # events.news.of
_NEWS = ("webinars/moved", "webinars/reinstated", "webinars/cancelled")
ABOUT = "registration/"  # before a place's key


def about(place: Registration) -> str:
    """Return what a change to this place withdraws its messages by."""
    return f"{ABOUT}{place.pk}"


def of_webinar(webinar: Webinar) -> NotificationQuerySet:
    """Return every message that was or is owed about the places, offers and mailings of this."""
    rows = {
        "registration": webinar.registrations.all(),
        "registration-words": webinar.registrations.all(),
        "seat-offer": webinar.offers.all(),
        "mailing": webinar.mailings.all(),
    }
    is_about = Q()
    for word, owned in rows.items():
        is_about |= subjects.of_rows(word, owned)
    return Notification.objects.filter(is_about)


def receipt(place: Registration, now: datetime) -> Notification:
    """Confirm a seat, or a place in line."""
    key = f"webinar-receipt/{place.pk}/{place.state}/{place.joined_at.isoformat()}"
    return _notice(place, "receipt", key, now, place.webinar.ends_at)


def declined(place: Registration, now: datetime) -> Notification:
    """Tell somebody that an organiser has declined the registration, and why."""
    key = f"webinar-declined/{place.pk}/{now.isoformat()}"
    return _notice(place, "declined", key, now, place.webinar.starts_at)


def seat(place: Registration, now: datetime) -> Notification:
    """Tell somebody who waited that a seat is theirs."""
    key = f"webinar-seat/{place.pk}/{place.joined_at.isoformat()}"
    return _notice(place, "seat", key, now, place.webinar.ends_at)


def left(
    place: Registration, now: datetime, *, before: str, why: str = "", colleague: str = ""
) -> Notification:
    """Confirm that a place, in this state before, is given up; a seat leaves the calendar.

    `why`, if it was not the person's own press: "lapsed" when a seat was offered and not taken in
    time, "taken" when a substitute has it, "declined" or "unanswered" when this colleague does not
    take it, "outside" when they may not see the webinar any more.
    """
    key = f"webinar-left/{place.pk}/{now.isoformat()}/{before}/{why}"
    notice = _notice(place, "left", key, now, place.webinar.ends_at)
    notice.context |= {"had_seat": before == State.REGISTERED, "why": why}
    notice.context |= {"was_pending": before == State.PENDING, "colleague": colleague}
    if why == "outside":
        notice.context["title"] = place.webinar.title
    return notice


def moved(webinar: Webinar, before: Known, now: datetime) -> ToEach:
    """Tell everybody with a place that the webinar has moved; once per move."""
    return _to_each(webinar, "moved", now, webinar.starts_at, before)


def reinstated(webinar: Webinar, before: Known, now: datetime) -> ToEach:
    """Tell everybody with a place that the canceled webinar is on again."""
    return _to_each(webinar, "reinstated", now, webinar.ends_at, before)


def cancelled(webinar: Webinar, before: Known, now: datetime) -> ToEach:
    """Tell everybody with a place that the webinar is off."""
    useful = webinar.starts_at and webinar.starts_at + timedelta(hours=1)
    return _to_each(webinar, "cancelled", now, useful, before)


def reminder(webinar: Webinar, lead: Lead) -> ToEach:
    """Remind those with a seat; the start is part of the key, so a move reminds again."""
    starts_at = webinar.starts_at
    assert starts_at is not None  # noqa: S101 only events with a time are due
    return ToEach(
        kind="webinars/reminder",
        category=Category.REMINDERS,
        key=("webinar-reminder/", f"/{lead.word}/{starts_at.isoformat()}"),
        about=ABOUT,
        context={"lead": lead.word, "starts_at": starts_at.isoformat()},
        fields={"place": "pk"},
        priority=3,
        due_at=lead.owed_at(starts_at),
        useful_until=lead.useful_until(starts_at),
    )


def thanks(webinar: Webinar) -> ToEach:
    """Thank those who were there, and say where materials and the recording will stand."""
    assert webinar.ends_at is not None  # noqa: S101 only what has ended is thanked for
    return ToEach(
        kind="webinars/thanks",
        category=Category.MESSAGES,
        key=("webinar-thanks/", f"/{webinar.ends_at.isoformat()}"),
        about=ABOUT,
        context={"lead": THANKS},
        fields={"place": "pk"},
        due_at=webinar.ends_at + THANKS_AFTER,
        useful_until=webinar.ends_at + THANKS_UNTIL,
    )


def _to_each(
    webinar: Webinar, word: str, now: datetime, useful_until: datetime | None, before: Known
) -> ToEach:
    """Say it to everybody with a place, once for each version of the webinar.

    Each knows the webinar as it was before, or before the first change not told yet.
    """
    return ToEach(
        kind=f"webinars/{word}",
        category=Category.CHANGES,
        key=(f"webinar-{word}/", f"/{webinar.sequence}"),
        about=ABOUT,
        context={"sequence": webinar.sequence},
        fields={
            "place": "pk",
            "state": "state",
            "known": fanning.still_owed(_NEWS, ABOUT, "known", before),
        },
        priority=2,
        due_at=now,
        useful_until=useful_until,
    )


def _notice(
    place: Registration, word: str, key: str, now: datetime, useful_until: datetime | None
) -> Notification:
    return Notification(
        key=key,
        kind=f"webinars/{word}",
        category=Category.CHANGES,
        about=about(place),
        recipient=place.person,
        context={"place": place.pk, "sequence": place.webinar.sequence, "state": place.state},
        priority=2,
        due_at=now,
        useful_until=useful_until,
    )


def _place(notification: Notification) -> Registration:
    place: Registration | None = notification.found
    if place is None:
        raise Dropped("the webinar was removed")
    return place


def standing_place(notification: Notification) -> Registration:
    """Return the place if the webinar stands and the person may still know of it."""
    place = _place(notification)
    webinar = place.webinar
    if webinar.state != Webinar.State.PUBLISHED:
        raise Dropped("the webinar was canceled")
    if not permissions.may_keep(place):
        raise Dropped("the person may not see the webinar any more")
    return place


def _write_standing(notification: Notification) -> Letter:
    """Write what holds only while the place and the webinar stand as they did."""
    place = standing_place(notification)
    if place.state != notification.context["state"]:
        raise Dropped("the place has changed since")
    if place.webinar.sequence != notification.context["sequence"]:
        raise Dropped("the webinar has moved since")
    known = notification.context.get("known") or {}
    extra = {"was": news.was(place.webinar, known.get("times"), place.person.time_zone)}
    return letter_about(notification, place, "REQUEST" if _is_seated(place) else "", extra)


def _write_news(notification: Notification) -> Letter:
    """Write what is news to this reader: not always the last change, when earlier ones waited."""
    known, webinar = notification.context.get("known"), _place(notification).webinar
    if known:  # what was owed before messages carried it is written as it was owed
        word = news.left_to_tell(webinar, known)
        if not word:
            raise Dropped("the person knows it as it is")
        notification.kind = f"webinars/{word}"  # whose text is sent; the log keeps what was owed
    is_off = notification.kind == "webinars/cancelled"
    return _write_cancelled(notification) if is_off else _write_standing(notification)


def _write_left(notification: Notification) -> Letter:
    """Only who held a seat has the webinar in the calendar."""
    place = _place(notification)
    if _is_seated(place):
        raise Dropped("the person has registered again")
    names = ("had_seat", "was_pending", "why", "colleague")
    said = {word: notification.context.get(word, "") for word in names}
    is_within = said["why"] != "outside"
    said["can_return"] = is_within and place.webinar.takes_newcomers(notification.claimed_at)
    if said["why"] == "outside":
        if permissions.may_keep(place):
            raise Dropped("the person may see the webinar again")
        place.webinar.title = notification.context["title"]  # no later words
        place.webinar.summary = place.webinar.description = ""
    return letter_about(notification, place, "CANCEL" if said["had_seat"] else "", said)


def _write_cancelled(notification: Notification) -> Letter:
    place = _place(notification)
    if not place.webinar.is_cancelled:
        raise Dropped("the webinar is on again")
    if not permissions.may_keep(place):
        raise Dropped("the person may not see the webinar any more")
    return letter_about(notification, place, "CANCEL" if _is_seated(place) else "", {})


def _write_reminder(notification: Notification) -> Letter:
    place = standing_place(notification)
    starts_at = place.webinar.starts_at
    if starts_at is None or starts_at.isoformat() != notification.context["starts_at"]:
        raise Dropped("the webinar has moved")
    if not _is_seated(place):
        raise Dropped("the person has no seat any more")
    lead = leads.get(notification.context["lead"])
    if lead.word not in place.webinar.reminders:
        raise Dropped("the organizers send this reminder no more")
    return replace(letter_about(notification, place, "", {}), can_wait=lead.can_wait)


def _write_thanks(notification: Notification) -> Letter:
    place = standing_place(notification)
    if THANKS not in place.webinar.reminders:
        raise Dropped("the organizers send no thanks for this webinar")
    if not _is_seated(place) or place.attended is False:
        raise Dropped("the person was not there")
    opinion_url = settings.SITE_URL + reverse("records:pulse", args=[place.webinar.slug])
    said = {"opinion_url": opinion_url, "has_come": place.attended}
    letter = letter_about(notification, place, "", said)
    return replace(letter, can_wait=True, happens_at=None, url=letter.context["page_url"])


def letter_about(
    notification: Notification, place: Registration, method: str, extra: dict[str, Any]
) -> Letter:
    """Write what every message about a place says; `method` is the calendar part's, or none."""
    webinar, person, now = place.webinar, place.person, notification.claimed_at
    starts_at = webinar.starts_at
    is_next = starts_at is not None and starts_at - now <= LEADS[0].before
    is_soon = starts_at is not None and starts_at - now <= timedelta(days=1)
    context: dict[str, Any] = {
        "webinar": webinar,
        "place": place,
        "is_seated": _is_seated(place),
        "position": webinar.registrations.position(place),
        "zone": person.time_zone,
        "join_url": join_links.url(place) if _is_seated(place) else "",
        "page_url": settings.SITE_URL + webinar.get_absolute_url(),
        "my_url": settings.SITE_URL + reverse("my"),
        "place_url": personal.url(webinar, person),
        "is_next": is_next,  # within the time of the reminders
        "reminders": "" if is_next else _reminders_in_words(webinar),
        "is_soon": is_soon,
        "starts": zones.start_in_words(starts_at, person.time_zone, now) if starts_at else "",
    }
    where, made_at = context["join_url"], notification.due_at
    calendar = calendar_parts.of_place(place, method, where, made_at) if method else None
    can_wait = notification.kind in _CAN_WAIT
    letter = Letter(context | extra, calendar, method or "REQUEST", can_wait, starts_at)
    worded = own_texts.worded(letter, notification, place)
    return replace(worded, **_alike(worded, place))


def _alike(letter: Letter, place: Registration) -> dict[str, Any]:
    """Say which readers read the same, but for their own links and their name."""
    own = placeholders.PERSONAL_WORDS if letter.wording else _OWN_LINKS
    of_all = (item for item in letter.context.items() if item[0] not in _NOT_SHARED)
    person, webinar = place.person, place.webinar
    joined_on = place.joined_at.astimezone(person.zone).date()
    facts = (webinar.pk, webinar.changed_at, webinar.title, webinar.access_information)
    times = (webinar.starts_at, webinar.ends_at, webinar.time_zone)
    return {"alike": (*facts, *times, joined_on, person.language, *of_all), "personal": own}


def _reminders_in_words(webinar: Webinar) -> str:
    spans = leads.in_words(webinar.reminders)
    return _("We remind you %(spans)s before.") % {"spans": spans} if spans else ""


def _is_seated(place: Registration) -> bool:
    return place.state == State.REGISTERED


_OWN_LINKS = frozenset({"join_url", "place_url"})
_NOT_SHARED = _OWN_LINKS | {"webinar", "place"}  # of these two, what texts say stands in _alike
# Nobody has to be woken by these; shortly before the webinar they come at any hour.
_CAN_WAIT = {"webinars/seat", "webinars/moved", "webinars/cancelled", "webinars/reinstated"}
PLACES = Registration.objects.select_related("webinar", "person")
_WRITERS: dict[str, Callable[[Notification], Letter]] = {
    "webinars/receipt": _write_standing,
    "webinars/seat": _write_standing,
    "webinars/moved": _write_news,
    "webinars/declined": _write_standing,
    "webinars/reinstated": _write_news,
    "webinars/left": _write_left,
    "webinars/cancelled": _write_news,
}
register(
    *(
        Kind(name, Category.CHANGES, write, "place", PLACES, TITLES[name])
        for name, write in _WRITERS.items()
    ),
    Kind(
        "webinars/reminder",
        Category.REMINDERS,
        _write_reminder,
        "place",
        PLACES,
        TITLES["webinars/reminder"],
        replaces=True,
    ),
    Kind(
        "webinars/thanks",
        Category.MESSAGES,
        _write_thanks,
        "place",
        PLACES,
        TITLES["webinars/thanks"],
    ),
)
