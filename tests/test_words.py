"""Words of people are never markup: a canary in every text that they can fill."""

import contextlib
import re
from datetime import timedelta
from html import unescape
from typing import Any, cast

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Membership
from ciwo_portal import joining
from events import ical
from notifications import delivering, kinds, rendering
from notifications.models import Notification
from records import printing
from records.models import Certificate
from sessions import scheduling as sessions
from sessions.models import PracticeSession
from surveys import fielding, inquiring
from surveys.models import Answer, Inquiry, Question, Wave
from tests.browsers import Client
from tests.scene import Scene, browser
from tests.test_access import sections
from webinars import registration, scheduling
from webinars.models import RegistrationAnswer, RegistrationQuestion, Webinar

CANARY = '<i id="x">&\' #panic() =1+1'
RAW = re.compile(r'<i id=\\?"x')  # also as JSON in a page says it
TWICE = "&amp;lt;i id"
# Not words: names of things for programs, and what has a form of its own.
NO_WORDS = {
    *(
        "password",
        "time_zone",
        "language",
        "state",
        "state_fips",
        "population_band",
        "domain",
        "key",
    ),
    *(
        "kind",
        "message_id",
        "provider",
        "event_id",
        "occasion",
        "version",
        "choice_list",
        "compare",
    ),
    *("value", "not_reported", "part", "group", "agreed", "code", "sha256", "captions", "email"),
    *("role", "website_host", "address_hash"),
}
OURS = ("accounts", "agencies", "library", "webinars", "practice_sessions", "surveys", "records")
PEOPLE = ("visitor", "coordinator", "organiser")


def fill_in_everything() -> int:
    """Put the canary into every text of every row, and return into how many fields."""
    filled = 0
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            fields = [
                field.name
                for field in model._meta.concrete_fields
                if type(field) in (models.CharField, models.TextField)
                and not field.choices
                and field.name not in NO_WORDS
            ]
            for name in fields:  # a few stand only where something else is so
                with contextlib.suppress(IntegrityError), transaction.atomic():
                    model._default_manager.update(**{name: CANARY})  # noqa: SLF001
                    filled += 1
    Answer.objects.filter(question__type="short_text").update(value=CANARY)
    Inquiry.objects.update(state="answered", reply=CANARY, is_note=True, settled_at=timezone.now())
    return filled


@pytest.fixture
def filled(world: Scene) -> Scene:
    """The world, in which everybody has written the canary everywhere."""
    for one in User.objects.all():  # only with a proved address does one register
        EmailAddress.objects.get_or_create(user=one, email=one.email, verified=True, primary=True)
    webinar = Webinar.objects.get(slug="public")
    first = RegistrationQuestion.objects.create(
        webinar=webinar, text="A", kind="one", choices=[CANARY], position=1
    )
    RegistrationQuestion.objects.create(
        webinar=webinar, text="B", kind="long", position=2, shown_if=first, shown_if_answer=CANARY
    )
    place = webinar.registrations.earliest("pk")
    RegistrationAnswer.objects.create(registration=place, question=first, values=[CANARY])
    answer = Answer.objects.filter(question__type="file").earliest("pk")
    question = Question.objects.get(key="q", survey__waves__slug="done")
    Answer.objects.create(
        response=answer.response.wave.survey.waves.get(slug="done").responses.get(),
        question=question,
        value=CANARY,
        sharing="public",
        changed_at=timezone.now(),
    )
    assert fill_in_everything() > 60
    return world


def pages(world: Scene) -> list[str]:
    """Return every address of the portal that is in the table of access."""
    rows = [line.split()[0] for lines in sections().values() for line in lines]
    return [row.format(**world.words) for row in rows]


def test_no_page_takes_words_for_markup(filled: Scene):
    wrong, seen, hints = [], 0, 0

    for name in PEOPLE:
        client: Client = browser(filled.people[name], is_sure=True)
        for path in pages(filled):
            answer = client.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined] # closes the file
            if answer.streaming or "html" not in answer["Content-Type"]:
                continue
            text = answer.content.decode()
            seen += unescape(text).count(CANARY)
            hints += text.count("Only if you answered")
            if RAW.search(text) or TWICE in text:
                wrong.append((name, path))

    assert (wrong, seen > 1000, hints > 0) == ([], True, True)


def person(world: Scene, name: str) -> User:
    """Return one of the people who sign in."""
    assert not isinstance(world.people[name], AnonymousUser)
    return cast(User, world.people[name])


def written(notification: Notification, now: Any) -> EmailMultiAlternatives | None:
    """Return a message as it would go out, or None if the last look stops it."""
    notification.claimed_at = now.replace(hour=17)  # day in New York, where everybody here lives
    [looked_up] = kinds.looked_up([notification])
    try:
        letter = delivering.letter_of(looked_up)
    except delivering.NotNow:
        return None
    return rendering.render(notification, letter)


def test_no_message_takes_words_for_markup(filled: Scene, settings: Any):
    settings.SITE_NAME = "Learning & Practice"
    now, staff = timezone.now(), person(filled, "staff")
    registration.register(webinar=Webinar.objects.get(slug="public"), person=staff, now=now)
    scheduling.cancel(webinar=Webinar.objects.get(slug="members"), reason=CANARY, now=now)
    sessions.cancel(session=PracticeSession.objects.get(slug="s-inner"), reason=CANARY, now=now)
    joining.admit(
        person=staff,
        agency=Agency.objects.latest("pk"),
        role=Membership.Role.STAFF,
        by=staff,
        now=now,
    )
    fielding.invite(wave=Wave.objects.get(slug="wave"), now=now + timedelta(hours=1))
    inquiring.remove(
        inquiry=Inquiry.objects.get(), reason=CANARY, by=person(filled, "organiser"), now=now
    )

    owed = [written(one, now) for one in Notification.objects.filter(state="pending")]

    sent = [message for message in owed if message]
    assert len(sent) > 4
    for message in sent:
        takes_words_as_words(message)


def takes_words_as_words(message: EmailMultiAlternatives) -> None:
    html = str(message.alternatives[0][0])
    assert (RAW.search(html), TWICE in html, "\n" in message.subject) == (None, False, False)
    told = [str(message.subject), str(message.body)]
    assert [text for text in told if re.search("&(lt|quot|amp|#)", text)] == []


def test_typst_and_calendars_take_words_as_words():
    now = timezone.now()
    webinar = Webinar(title=CANARY, summary=CANARY, slug="a", held_on=now.date(), changed_at=now)
    shown = Certificate(webinar=webinar, name=CANARY, title=CANARY, minutes=5, code="c")
    shown.held_on = now.date()

    made, calendar = (
        printing.pdf(shown),
        ical.invitation(webinar, ical.Guest(CANARY, "a@b.org"), "REQUEST"),
    )

    assert made.startswith(b"%PDF-")  # typst would have panicked
    assert calendar.count(b"BEGIN:VEVENT") == 1
