"""The messages that a survey owes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications import subjects
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from notifications.subjects import Subject
from surveys import reading, waiting, wording
from surveys.models import CapChange, Reopening, Response, SectionWork, Wave
from surveys.permissions import may_draft, may_share, may_sign_off, may_submit
from surveys.waiting import Task

CAPPED_USEFUL_FOR = timedelta(days=30)
TOGETHER = timedelta(minutes=10)  # what happens to sections within them comes in one message
_CATEGORIES = dict.fromkeys(("reopened", "extended", "closed", "capped"), Category.CHANGES)
CLOSED_USEFUL_FOR = timedelta(days=7)
UNOPENED = "unopened"  # the lead of the reminder to those who have not looked yet


def invitation(response: Response, person: User, now: datetime) -> Notification:
    """Ask a coordinator to answer for the agency; owed once per person, agency and wave."""
    key = f"survey-invitation/{response.pk}/{person.pk}"
    return _notice(response, person, "invitation", key, max(now, response.wave.opens_at))


def reminder(
    response: Response, person: User, lead: str, now: datetime, useful_until: datetime
) -> Notification:
    """Remind somebody of what waits for them; owed once per person, agency and lead."""
    # Without the closing time: a longer deadline does not bring more than the two reminders.
    key = f"survey-reminder/{response.pk}/{person.pk}/{lead}"
    notice = _notice(response, person, "reminder", key, now, lead=lead)
    notice.useful_until = useful_until
    return notice


def reopened(reopening: Reopening, person: User, now: datetime) -> Notification:
    """Tell a coordinator that the answers can change again, and why; owed once per reopening."""
    key = f"survey-reopened/{reopening.pk}/{person.pk}"
    return _notice(reopening.response, person, "reopened", key, now, reopening=reopening.pk)


def extended(response: Response, person: User, now: datetime) -> Notification:
    """Tell somebody who still works on a response of its later deadline; owed once for each."""
    until = response.closes_at.isoformat()
    key = f"survey-extended/{response.pk}/{person.pk}/{until}"
    return _notice(response, person, "extended", key, now, until=until)


def closed(response: Response, person: User, reason: str, now: datetime) -> Notification:
    """Tell somebody who still works on a response that it closed early, and why."""
    at = now.isoformat()
    key = f"survey-closed/{response.pk}/{person.pk}/{at}"
    notice = _notice(response, person, "closed", key, now, at=at, reason=reason)
    notice.useful_until = now + CLOSED_USEFUL_FOR
    return notice


def capped(
    change: CapChange, response: Response, person: User, narrowed: int, now: datetime
) -> Notification:
    """Tell a coordinator who may read the agency's answers at most now, and why."""
    key = f"survey-capped/{change.pk}/{person.pk}/{response.pk}"
    notice = _notice(response, person, "capped", key, now, change=change.pk, narrowed=narrowed)
    # What withdraws a response's messages, such as submitting it, leaves this one owed.
    notice.about = f"cap-change/{change.pk}"
    notice.useful_until = now + CAPPED_USEFUL_FOR
    return notice


def given(work: SectionWork, person: User, now: datetime) -> Notification:
    """Tell a colleague which sections are theirs now: one message for those given together."""
    return _together("given", work.response, person, now)


def ready(response: Response, person: User, now: datetime) -> Notification:
    """Ask who reviews to look at what is ready: one message for what is called so together."""
    return _together("ready", response, person, now)


def returned(work: SectionWork, person: User, now: datetime) -> Notification:
    """Tell who has sections that they came back, and why: one message for those together."""
    return _together("returned", work.response, person, now)


def about(response: Response) -> str:
    """Return what a change to this response withdraws its messages by."""
    return f"response/{response.pk}"


def subject(wave: Wave) -> Subject:
    """Return what the messages to its agencies are about, for who looks through them."""
    is_about = subjects.of_rows("response", wave.responses.all())
    is_about |= subjects.of_rows("cap-change", wave.cap_changes.all())
    page = reverse("surveys:manage-detail", args=[wave.slug])
    return Subject(f"wave:{wave.slug}", wave.title, page, is_about)


def _notice(
    response: Response, person: User, word: str, key: str, due_at: datetime, **context: Any
) -> Notification:
    return Notification(
        key=key,
        kind=f"surveys/{word}",
        category=_CATEGORIES.get(word, Category.SURVEYS),
        about=about(response),
        recipient=person,
        context={"response": response.pk, **context},
        due_at=due_at,
        useful_until=response.closes_at,
    )


def _found(notification: Notification) -> tuple[Response, User]:
    response: Response | None = notification.found
    if response is None or notification.recipient is None:
        raise Dropped("the agency is not asked any more")
    return response, notification.recipient


def _unsubmitted(notification: Notification) -> tuple[Response, User]:
    response, person = _found(notification)
    if response.state == Response.State.SUBMITTED:
        raise Dropped("the agency has answered")
    return response, person


def _write(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    if not may_submit(person, response):
        raise Dropped("the person does not coordinate this agency any more")
    context = _context(response)
    if "reopening" in notification.context:
        context["reopening"] = response.reopenings.get(pk=notification.context["reopening"])
    return Letter(context, can_wait=True, happens_at=response.closes_at, url=context["respond_url"])


def _write_task(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    if notification.context.get("lead") == UNOPENED and response.opened_at:
        raise Dropped("the agency has opened it")
    until = response.closes_at.isoformat()
    if notification.context.get("until", until) != until:
        raise Dropped("the deadline has moved again")
    tasks = waiting.tasks([response])[response.pk]
    task = next((task for task in tasks if task.person == person), None)
    if task is None:
        raise Dropped("nothing waits for the person any more")
    context = _context(response) | {"task": task, "respond_url": _task_url(response, task)}
    return Letter(context, can_wait=True, happens_at=response.closes_at, url=context["respond_url"])


def _write_closed(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    if response.closes_at.isoformat() != notification.context["at"]:
        raise Dropped("the survey is open again")
    others = Notification.objects.filter(about=about(response), recipient=person)
    others = others.exclude(pk=notification.pk)
    if others and not others.filter(sent_at__isnull=False).exists():
        raise Dropped("the person had not heard of the survey yet")
    context = _context(response) | {"reason": notification.context["reason"]}
    return Letter(context, can_wait=True, url=context["respond_url"])


def _write_capped(notification: Notification) -> Letter:
    """Write whatever the response's state: it is about what was handed in as well."""
    response, person = _found(notification)
    if not may_share(person, response):
        raise Dropped("the person does not coordinate this agency any more")
    query = {"agency": response.agency.slug}
    url = settings.SITE_URL + reverse("surveys:review", args=[response.wave.slug], query=query)
    context = {
        "agency": response.agency,
        "wave": response.wave,
        "change": response.wave.cap_changes.get(pk=notification.context["change"]),
        "narrowed": notification.context["narrowed"],
        "url": url,
    }
    context["promise"] = wording.promise(context["change"].after)
    return Letter(context, can_wait=True, url=url)


def _task_url(response: Response, task: Task) -> str:
    """Return where this person goes on: the section, or the page that lists several."""
    slug, query = response.wave.slug, {"agency": response.agency.slug}
    if len(task.to_fill) == 1 and not task.to_sign and not task.coordinates:
        query["section"] = task.to_fill[0].key
    page = "respond" if task.coordinates or "section" in query else "overview"
    path = reverse(f"surveys:{page}", args=[slug], query=query)
    return f"{settings.SITE_URL}{path}"


def _together(word: str, response: Response, person: User, now: datetime) -> Notification:
    """Owe one message for what happens to a person's sections within the same ten minutes.

    It goes at their end, and a minute later, so that whoever was last in them has committed.
    """
    span = TOGETHER.total_seconds()
    ends = datetime.fromtimestamp((now.timestamp() // span + 1) * span, UTC)
    key = f"survey-{word}/{response.pk}/{person.pk}/{ends.isoformat()}"
    due_at = ends + timedelta(minutes=1)
    return _notice(response, person, word, key, due_at, ends=ends.isoformat())


def _write_given(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    works = _works(notification, response, "given_at").filter(owner=person)
    return _about_sections(response, person, list(works))


def _write_returned(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    works = _works(notification, response, "staged_at").filter(stage=SectionWork.Stage.RETURNED)
    mine = [work for work in works if person == (work.owner or work.readied_by)]
    return _about_sections(response, person, mine)


def _works(notification: Notification, response: Response, moment: str) -> QuerySet[SectionWork]:
    """Return the sections of which the message tells what somebody else did to them."""
    ends = datetime.fromisoformat(notification.context["ends"])
    span = {f"{moment}__gte": ends - TOGETHER, f"{moment}__lt": ends}
    by = {moment.replace("_at", "_by"): notification.recipient}
    works = response.works.filter(**span).exclude(**by)
    people = ("owner", "given_by", "staged_by", "readied_by")
    return works.select_related("section", *people).order_by("section__position", "pk")


def _about_sections(response: Response, person: User, works: list[SectionWork]) -> Letter:
    if not works or not may_draft(person, response):
        raise Dropped("the sections are in other hands or further on")
    query, page = {"agency": response.agency.slug}, "overview"
    if len(works) == 1:
        query["section"], page = works[0].section.key, "respond"
    path = reverse(f"surveys:{page}", args=[response.wave.slug], query=query)
    context = _context(response) | {"works": works, "url": settings.SITE_URL + path}
    return Letter(context, can_wait=True, happens_at=response.closes_at, url=context["url"])


def _write_ready(notification: Notification) -> Letter:
    response, person = _unsubmitted(notification)
    works = response.works.filter(stage=SectionWork.Stage.READY)
    waits = list(works.select_related("section", "staged_by").order_by("section__position"))
    if not waits or not may_sign_off(person, response):
        raise Dropped("the sections are in other hands or further on")
    slug, query = response.wave.slug, {"agency": response.agency.slug}
    path = reverse("surveys:overview", args=[slug], query=query)
    if len(waits) == 1:
        path = reverse("surveys:section", args=[slug, waits[0].section.key], query=query)
    context = _context(response) | {"works": waits, "url": settings.SITE_URL + path}
    return Letter(context, can_wait=True, happens_at=response.closes_at, url=context["url"])


def _context(response: Response) -> dict[str, Any]:
    wave = response.wave
    address = f"{wave.get_absolute_url()}?agency={response.agency.slug}"
    return {
        "agency": response.agency,
        "wave": wave,
        "survey": wave.survey,
        "closes": wording.moment(wave, response.closes_at),
        "closes_on": wording.day(wave, response.closes_at),
        "promise": wording.promise(wave.widest_sharing),
        "progress": reading.progress([response])[response.pk],
        "respond_url": f"{settings.SITE_URL}{address}",
    }


_ROWS = Response.objects.select_related("wave__survey", "agency")
register(
    *(
        Kind(
            f"surveys/{word}",
            _CATEGORIES.get(word, Category.SURVEYS),
            write,
            "response",
            _ROWS,
            title,
            replaces=word in ("reminder", "ready"),
        )
        for word, write, title in (
            ("invitation", _write, _("Survey invitation")),
            ("reminder", _write_task, _("Survey reminder")),
            ("reopened", _write, _("Survey reopened")),
            ("extended", _write_task, _("Survey open longer")),
            ("closed", _write_closed, _("Survey closed early")),
            ("capped", _write_capped, _("Survey shared less widely")),
            ("given", _write_given, _("Survey section given")),
            ("ready", _write_ready, _("Survey section ready for sign-off")),
            ("returned", _write_returned, _("Survey section returned")),
        )
    )
)


def _named(slug: str) -> Subject | None:
    wave = Wave.objects.filter(slug=slug).first()
    return subject(wave) if wave else None


subjects.register("wave", _named)
