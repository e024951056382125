"""Who speaks: name them, ask for what is open, and take their answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import OuterRef

from agencies.models import Agency
from events.leads import Lead
from notifications import outbox
from webinars import registration, speaker_notices, word_notices
from webinars.models import Consent, Presenter, PresenterQuerySet, Webinar


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks, as an organiser names them; `pk` of one who was named before."""

    pk: int | None
    name: str
    title: str
    agency: Agency | None
    email: str
    biography: str


@dataclass(frozen=True)
class Answer:
    """What a speaker says; `agrees` is None while the recording is left open."""

    has_slides: bool
    is_accessible: bool
    agrees: bool | None
    slides_url: str
    biography: str


@transaction.atomic
def present(
    *, webinar: Webinar, speakers: Iterable[Speaker], now: datetime, tells_words: bool = False
) -> None:
    """Say who speaks, in this order; who is not named any more is taken off.

    What a speaker has answered stays. A new address gets a new link, and the old one ends. With
    `tells_words` people who have a place hear who speaks now.
    """
    webinar = registration.hold(webinar)
    words = word_notices.words(webinar)
    rows = webinar.presenters.select_for_update(of=("self",))  # a speaker may answer just now
    known = {one.pk: one for one in rows.order_by("pk")}
    for position, speaker in enumerate(speakers, start=1):
        presenter = known.pop(speaker.pk or 0, None) or Presenter(webinar=webinar)
        if presenter.email != speaker.email:
            presenter.key = uuid4()
        for name in ("name", "title", "agency", "email", "biography"):
            setattr(presenter, name, getattr(speaker, name))
        presenter.position = position
        presenter.save()
    gone = map(speaker_notices.about, known.values())
    outbox.withdraw(*gone, reason="the speaker was taken off", now=now)
    webinar.presenters.filter(pk__in=known).delete()
    if tells_words:
        word_notices.tell(webinar, words, now)


@transaction.atomic
def ask(*, webinar: Webinar, now: datetime) -> int:
    """Ask every speaker for what is open; return how many, once an hour at most."""
    webinar = registration.hold(webinar)
    if webinar.is_cancelled:
        return 0
    asked = list(webinar.presenters.with_something_open().select_related("webinar"))
    outbox.queue(speaker_notices.request(one, now) for one in asked)
    _note_asked(asked, now)
    return len(asked)


@transaction.atomic
def renew_link(*, presenter: Presenter, now: datetime) -> bool:
    """End a speaker's link; return whether the new one goes out, as it does while it opens."""
    webinar = registration.hold(presenter.webinar)
    presenter.key = uuid4()
    presenter.save(update_fields=["key"])
    presenter.webinar = webinar
    is_sent = bool(presenter.email) and webinar.is_coming(now)
    if is_sent:
        outbox.queue([speaker_notices.new_link(presenter, now)])
    return is_sent


@transaction.atomic
def answer(*, presenter: Presenter, answer: Answer, now: datetime) -> None:
    """Keep what a speaker says; what stays as it was keeps its date."""
    presenter = Presenter.objects.select_for_update(of=("self",)).get(pk=presenter.pk)
    presenter.slides_at = _since(presenter.slides_at, now) if answer.has_slides else None
    presenter.accessible_at = _since(presenter.accessible_at, now) if answer.is_accessible else None
    presenter.slides_url, presenter.biography = answer.slides_url, answer.biography
    if answer.agrees is not None:
        said = Consent.GIVEN if answer.agrees else Consent.REFUSED
        if presenter.consent != said:
            presenter.consent, presenter.consent_at = said, now
    presenter.save()


def queue_due(*, now: datetime) -> None:
    """Owe every speaker's reminder whose moment has come; running twice owes nothing twice."""
    for lead in speaker_notices.LEADS:
        webinars = Webinar.objects.filter(pk__in=_due(lead, now).values("webinar"))
        for webinar in webinars.order_by("pk"):
            _queue(webinar, lead, now)


@transaction.atomic
def _queue(webinar: Webinar, lead: Lead, now: datetime) -> None:
    registration.hold(webinar)
    due = list(_due(lead, now).filter(webinar=webinar).select_related("webinar"))
    outbox.queue(speaker_notices.reminder(one, lead) for one in due)
    _note_asked(due, now)


def _due(lead: Lead, now: datetime) -> PresenterQuerySet:
    due_at = OuterRef("webinar__starts_at") - lead.before
    is_owed = outbox.is_owed("webinars/speaking", "presenter", due_at)
    return Presenter.objects.to_remind(now, lead).filter(~is_owed)


def _note_asked(asked: list[Presenter], now: datetime) -> None:
    mine = Presenter.objects.filter(pk__in=[one.pk for one in asked], consent=Consent.NOT_ASKED)
    mine.update(consent=Consent.ASKED, consent_at=now)


def _since(before: datetime | None, now: datetime) -> datetime:
    return before or now
