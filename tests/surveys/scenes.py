"""What tests of filling in begin with: an agency that is asked, its people, and its forms."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from agencies.models import Membership
from notifications import delivering
from surveys import capping, drafting
from surveys.entries import Entry
from surveys.models import AnswerRevision, CapChange, Question, Response, SharingLevel, Survey, Wave
from tests import files
from tests.browsers import Client
from tests.factories import (
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_user,
    make_wave,
)
from tests.postbox import Postbox

PDF = files.pdf("manual")


def make_open_response(survey: Survey | None = None, **fields: Any) -> Response:
    """Ask an agency in a wave of the survey that is open now, by the real clock."""
    now = datetime.now(UTC)
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=20)}
    return make_response(make_wave(survey or make_survey(), **times | fields))


def make_closed_response() -> Response:
    """Ask an agency in a wave that has closed."""
    now = datetime.now(UTC)
    return make_open_response(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1)
    )


def make_coordinator(response: Response, **fields: Any) -> User:
    """Make somebody who hands the response in."""
    return make_member(response.agency, role=Membership.Role.COORDINATOR, **fields)


def signed_in(person: User) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def save(
    response: Response,
    question: Question,
    value: Any,
    *,
    by: User | None = None,
    seen: int = 0,
    operation: UUID | None = None,
    now: datetime | None = None,
) -> AnswerRevision:
    """Save one answer as a member of the agency."""
    return drafting.save_answer(
        response=response,
        question=question,
        entry=Entry(value),
        seen=seen,
        operation=operation or uuid4(),
        by=by or make_member(response.agency),
        now=now or datetime.now(UTC),
    )


@dataclass
class Page:
    """A person's page of one section, and what is typed into it."""

    response: Response
    client: Client

    @property
    def path(self) -> str:
        """The address of the first section."""
        return f"{self.response.wave.get_absolute_url()}?agency={self.response.agency.slug}"

    def send(self, *questions: Question, **fields: Any) -> Any:
        """Send the form for these questions; names as in it, with "__" for the dot."""
        form = {name.replace("__", "."): value for name, value in fields.items()}
        for question in questions:
            form = {f"seen.{question.key}": "0", f"operation.{question.key}": uuid4()} | form
        return self.client.post(self.path, form)

    def save(self, question: Question, value: Any, **fields: Any) -> Any:
        """Save one answer as a script does."""
        path = f"/surveys/{self.response.wave.slug}/answers/{question.key}/"
        form = {f"value.{question.key}": value, f"seen.{question.key}": "0"}
        form |= {f"operation.{question.key}": uuid4()}
        form |= {name.replace("__", "."): given for name, given in fields.items()}
        return self.client.post(f"{path}?agency={self.response.agency.slug}", form)


def make_page(response: Response, person: User | None = None) -> Page:
    """Open the response's page as a member of the agency."""
    return Page(response, signed_in(person or make_member(response.agency)))


def pdf(name: str = "manual.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """Return a small document."""
    return SimpleUploadedFile(name, content)


def values(response: Response) -> dict[str, Any]:
    """Return what stands in the answers, by the question's key."""
    return {
        a.question.key: a.not_reported or a.value
        for a in response.answers.select_related("question")
    }


def submit(response: Response) -> None:
    """Hand the response in."""
    Response.objects.filter(pk=response.pk).update(
        state=Response.State.SUBMITTED, submitted_at=datetime.now(UTC)
    )


def narrow(wave: Wave, widest: str = "counted") -> CapChange | None:
    """Let an organiser narrow a wave."""
    by = make_user(is_organiser=True)
    now, reason = datetime.now(UTC), "Counsel asks us to."
    return capping.choose(wave=wave, widest=widest, reason=reason, by=by, now=now)


def make_shared(**fields: Any) -> Response:
    """Ask an agency that has handed in one answer of each level."""
    response = make_open_response(**fields)
    for level in SharingLevel.values:
        make_answer(response, make_question(response.wave.survey, key=level), level, sharing=level)
    submit(response)
    return response


def make_shared_too(wave: Wave) -> Response:
    """Ask one more agency that has handed in the same."""
    response = make_response(wave)
    for question in wave.survey.questions.all():
        level = SharingLevel(question.key).at_most(wave.widest_sharing)
        make_answer(response, question, "x", sharing=level)
    submit(response)
    return response


def arrived(postbox: Postbox) -> dict[str, tuple[str, str]]:
    """Deliver what is owed; return subject and text of each mail by its reader's address."""
    delivering.drain()
    return {
        str(one["To"]): (str(one["Subject"]), one.get_body(["plain"]).get_content())  # type: ignore[union-attr] # it is there
        for one in postbox.received
    }


def unguard() -> None:
    """Let follow-ups be read as their own level says, as before there was a rule: a control."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION surveys_readable_as(of_response bigint,"
            " of_question bigint, chosen text) RETURNS text LANGUAGE sql STABLE"
            " AS 'SELECT chosen'"
        )
