"""Make rows that tests need: plain functions, every field can be given."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import make_password

from accounts.models import User
from agencies.models import Agency, Community, EmailDomain, Membership
from library.models import Resource, Topic
from sessions.models import PracticeSession
from surveys.models import (
    Answer,
    AnswerRevision,
    Choice,
    Inquiry,
    Question,
    Response,
    Section,
    Survey,
    Wave,
)
from webinars.models import Registration, Series, Webinar

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PASSWORD = "a-long-test-passphrase"
APP_SECRET = "JBSWY3DPEHPK3PXP"  # what the tests' authenticator apps make their codes of
_numbers = count(1)


def midday(days: int) -> datetime:
    """Return a moment so many days from today, while it is day, and one date, in all US zones."""
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.replace(hour=18, minute=20, second=0, microsecond=0)


def make_user(**fields: Any) -> User:
    """Make a person with a verified-looking address and a known password."""
    number = next(_numbers)
    email = fields.pop("email", f"person{number}@example.org")
    person = User(
        email=email.strip().lower(),
        **{"name": f"Person {number}", "has_chosen_zone": True} | fields,
    )
    person.password = _hashed()
    person.save()
    if person.is_organiser or person.is_staff:
        give_second_factor(person)
    return person


@cache
def _hashed() -> str:
    """Return the password as it is stored; making it anew for everybody takes longer than tests."""
    return make_password(PASSWORD)


def give_second_factor(person: User) -> None:
    """Let this person have an authenticator app, as who decides about others must."""
    Authenticator.objects.get_or_create(
        user=person, type="totp", defaults={"data": {"secret": APP_SECRET}}
    )


def app_code(*, steps_ahead: int = 0) -> str:
    """Return the code that the tests' apps show now, or will in so many half minutes."""
    _before, now, _after = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(APP_SECRET, now + steps_ahead)))


def make_agency(*, domain: str = "", **fields: Any) -> Agency:
    """Make an agency; with a domain it owns that mail domain."""
    number = next(_numbers)
    agency = Agency.objects.create(
        **{
            "slug": f"agency-{number}",
            "name": f"Agency {number}",
            "level": Agency.Level.CITY,
            "jurisdiction": f"Town {number}",
            "state": "CA",
        }
        | fields
    )
    if domain:
        EmailDomain.objects.create(agency=agency, domain=domain)
    return agency


def make_member(agency: Agency | None = None, **fields: Any) -> User:
    """Make an approved member of the agency; role=… for a coordinator."""
    role = fields.pop("role", Membership.Role.STAFF)
    person = make_user(**fields)
    Membership.objects.create(
        person=person,
        agency=agency or make_agency(),
        role=role,
        status=Membership.Status.ACTIVE,
        asked_at=NOW,
        decided_at=NOW,
    )
    if role == Membership.Role.COORDINATOR:
        give_second_factor(person)
    return person


def make_community(*agencies: Agency, **fields: Any) -> Community:
    """Make a community of these agencies."""
    number = next(_numbers)
    community = Community.objects.create(
        **{"slug": f"community-{number}", "name": f"Community {number}"} | fields
    )
    community.agencies.set(agencies)
    return community


def make_topic(**fields: Any) -> Topic:
    """Make a topic."""
    number = next(_numbers)
    return Topic.objects.create(**{"slug": f"topic-{number}", "name": f"Topic {number}"} | fields)


def _event_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Fill in an event a week from NOW; starts_at=None makes one with a date only."""
    number = next(_numbers)
    starts_at = fields.pop("starts_at", NOW + timedelta(days=7))
    announced_at = min(NOW, starts_at - timedelta(days=7)) if starts_at else NOW
    if starts_at is None:
        times: dict[str, Any] = {"held_on": fields.pop("held_on", NOW.date())}
    else:
        ends_at = fields.pop("ends_at", starts_at + timedelta(minutes=75))
        times = {
            "starts_at": starts_at,
            "ends_at": ends_at,
            "held_on": fields.pop("held_on", starts_at.date()),
            "time_zone": fields.pop("time_zone", "America/New_York"),
        }
    base = {
        "slug": f"event-{number}",
        "title": f"Event {number}",
        "summary": "What it is about.",
        "state": "published",
        "published_at": None if fields.get("state") == "draft" else announced_at,
    }
    return base | times | fields


def make_webinar(*, topics: tuple[Topic, ...] = (), **fields: Any) -> Webinar:
    """Make a published webinar a week from NOW; capacity=None has seats without end."""
    webinar = Webinar.objects.create(**{"capacity": 100} | _event_fields(fields))
    webinar.topics.set(topics)
    return webinar


def make_registration(webinar: Webinar, person: User | None = None, **fields: Any) -> Registration:
    """Give a person a place in the webinar, without its messages."""
    return Registration.objects.create(
        webinar=webinar,
        person=person or make_user(),
        **{"state": Registration.State.REGISTERED, "joined_at": NOW} | fields,
    )


def make_session(community: Community | None = None, **fields: Any) -> PracticeSession:
    """Make a published session of the community a week from NOW."""
    return PracticeSession.objects.create(
        community=community or make_community(make_agency()), **_event_fields(fields)
    )


def make_resource(**fields: Any) -> Resource:
    """Make a public link."""
    number = next(_numbers)
    return Resource.objects.create(
        **{
            "title": f"Resource {number}",
            "link": f"https://example.org/{number}",
            "visibility": Resource.Visibility.PUBLIC,
            "added_at": NOW,
        }
        | fields
    )


def make_survey(**fields: Any) -> Survey:
    """Make a survey without questions, with the two usual reasons for giving no number."""
    number = next(_numbers)
    reasons = [
        {"value": "not_tracked", "label": "We do not track this"},
        {"value": "not_applicable", "label": "Does not apply to us"},
    ]
    return Survey.objects.create(
        **{"key": f"survey-{number}", "version": "1", "title": f"Survey {number}"}
        | {"not_reported": reasons}
        | fields
    )


def make_question(
    survey: Survey | None = None,
    *,
    section: str = "basics",
    choices: tuple[str, ...] = (),
    rows: tuple[str, ...] = (),
    **fields: Any,
) -> Question:
    """Make a question in the section of that key; a choice that ends in "!" stands alone."""
    survey = survey or make_survey()
    part, _ = Section.objects.get_or_create(
        survey=survey,
        key=section,
        defaults={"title": section.title(), "position": survey.sections.count() + 1},
    )
    number = next(_numbers)
    question = Question.objects.create(
        **{"survey": survey, "section": part, "position": part.questions.count() + 1}
        | {"key": f"question-{number}", "label": f"Question {number}?", "type": "short_text"}
        | {"default_sharing": "members"}
        | fields
    )
    for axis, values in (("option", choices), ("row", rows)):
        for position, value in enumerate(values, start=1):
            Choice.objects.create(
                question=question,
                axis=axis,
                value=value.rstrip("!"),
                label=value.rstrip("!").replace("_", " ").title(),
                position=position,
                is_exclusive=value.endswith("!"),
            )
    return question


def make_wave(survey: Survey | None = None, **fields: Any) -> Wave:
    """Make a wave that has been open for a day and closes in thirty."""
    number = next(_numbers)
    return Wave.objects.create(
        **{"survey": survey or make_survey(), "slug": f"wave-{number}", "title": f"Wave {number}"}
        | {"opens_at": NOW - timedelta(days=1), "closes_at": NOW + timedelta(days=30)}
        | {"fielded_at": NOW - timedelta(days=2)}
        | fields
    )


def make_response(
    wave: Wave | None = None, agency: Agency | None = None, **fields: Any
) -> Response:
    """Ask an agency in a wave."""
    return Response.objects.create(
        wave=wave or make_wave(), agency=agency or make_agency(), **fields
    )


def make_answer(response: Response, question: Question, value: Any = None, **fields: Any) -> Answer:
    """Make an answer in its first revision, as it is after one save."""
    given = {"sharing": question.default_sharing, "changed_at": NOW, "value": value} | fields
    AnswerRevision.objects.create(
        response=response, question=question, operation=uuid4(), revision=1, **given
    )
    return Answer.objects.create(response=response, question=question, **given)


def make_series(**fields: Any) -> Series:
    """Make a series of public webinars."""
    number = next(_numbers)
    return Series.objects.create(
        **{"slug": f"series-{number}", "name": f"Series {number}"} | fields
    )


def make_inquiry(answer: Answer, person: User | None = None, **fields: Any) -> Inquiry:
    """Put a question about an answer, as a member of another agency; state=… settles it."""
    asker = person or make_member()
    place = asker.memberships.first()
    given: dict[str, Any] = {"text": "How do you do it?", "asked_at": NOW, "operation": uuid4()}
    if fields.get("state", "open") != "open":
        given["settled_at"] = NOW
    if fields.get("state") == "answered":
        given |= {"reply": "With patience.", "is_note": True}
    return Inquiry.objects.create(
        answer=answer, asked_by=asker, agency=place.agency if place else None, **given | fields
    )
