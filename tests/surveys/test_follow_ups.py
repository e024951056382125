"""Whether a follow-up was asked, answered or left blank tells nobody who may not read the rest."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache, caches
from django.db import transaction

from agencies.models import Agency
from notifications import digesting
from notifications.models import Notification
from surveys import inquiring, mutual, reading, reminders, submitting
from surveys.models import Question, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_topic,
    make_wave,
)
from tests.surveys.scenes import signed_in, unguard

YES = {"all": [{"question": "p", "operator": "equals", "value": "yes"}]}
AFTER_C = {"all": [{"question": "c", "operator": "includes", "value": "alpha"}]}
KEPT = "yes, kept"
# What one agency says of p, which is counted in totals only, and of its public follow-ups.
WORLDS: dict[str, dict[str, Any]] = {
    "yes": {"p": "yes", "c": ["alpha"], "n": 827, "t": "CANARY"},
    "yes, without the rest": {"p": "yes"},
    "no, the rest is kept": {"p": "no", "c": ["alpha"], "n": 827, "t": "CANARY"},
    "left blank": {},
    "yes, for organizers alone": {"p": KEPT, "c": ["alpha"], "n": 827, "t": "CANARY"},
}
SURFACES = (
    "{wave}findings/?section=more",
    "{wave}findings/?says=c:alpha",
    "{wave}findings/who/?does1=c:alpha",
    "{wave}findings/who/?count1=n&way1=from&amount1=1",
    "{wave}findings/numbers/n/",
    "{wave}findings/numbers/n/?per=workers",
    "{wave}findings/trends/?section=more",
    "{wave}findings/a/",
    "{wave}findings/a/c/",
    "{wave}findings/a/t/",
    "{wave}findings.csv",
    "{wave}findings.json",
    "{wave}findings.xlsx",
    "{wave}findings-spss.zip",
    "{wave}print/?agency=a",
    "{wave}answers.pdf?agency=a",
    "/topics/pay/",
    "/agencies/a/",
    "/",
    "/library/?q=CANARY",
    "/agencies/?q=CANARY",
    "/topics/pay/calendar.ics",
    "/sitemap-pages.xml",
    "/surveys/findings/",
    "{wave}findings/?section=more&group=level:city&state=CA",
    "{wave}findings/a/n/",
    "{wave}findings-totals.csv",
)
PERSONAL = (  # of somebody of another agency, which is asked as well
    "/my/",
    "/my/calendar/",
    "/surveys/",
    "/surveys/questions/",
    "{wave}respond/?agency=o",
    "{wave}respond/?agency=o&section=more",
    "{wave}review/?agency=o",
    "{wave}print/?agency=o",
    "{wave}overview/?agency=o",
    "{wave}sections/more/?agency=o",
    "POST {wave}findings/a/c/",
    "POST {wave}findings/a/t/",
)
TABLES = ("{wave}findings/?section=more", "{wave}findings.csv", "{wave}findings/a/c/")
NAMED = (*TABLES, *PERSONAL, "{wave}findings/who/?does1=c:alpha", "/topics/pay/", "/agencies/a/")


@pytest.fixture
def wave(now: datetime) -> Wave:
    """Three agencies are asked; two have answered, and all of them in the wave before."""
    survey = make_survey()
    choice: dict[str, Any] = {"type": "multiple_choice", "choices": ("alpha", "beta")}
    yes_no: dict[str, Any] = {"type": "yes_no_in_progress", "choices": ("yes", "no")}
    make_question(survey, key="r", default_sharing="public")
    make_question(survey, key="p", default_sharing="counted", **yes_no)
    more: dict[str, Any] = {"section": "more", "default_sharing": "public"}
    make_question(survey, key="c", show_if=YES, **choice, **more)
    make_question(survey, key="n", type="number", unit="cases", show_if=YES, **more)
    make_question(survey, key="t", show_if=AFTER_C, **more)
    make_question(survey, key="workers", type="number", compare="denominator", **more)
    topic = make_topic(slug="pay")
    for section in survey.sections.all():
        section.topics.add(topic)
    times = {"opens_at": now - timedelta(days=400), "closes_at": now - timedelta(days=300)}
    before, wave = make_wave(survey, slug="before", **times), make_wave(survey, slug="now")
    for slug in "abo":
        agency = make_agency(slug=slug, name=f"Agency {slug}")
        said = {"r": "here", "workers": 5} | WORLDS["yes"]
        answer(make_response(before, agency), said, now - timedelta(days=301))
        if slug != "a":
            response = make_response(wave, agency)
        if slug == "b":
            answer(response, said, now)
    return wave


def answer(response: Response, said: dict[str, Any], now: datetime) -> None:
    """Hand this in, each answer at its question's own level."""
    asked = Question.objects.filter(survey=response.wave.survey_id)
    for question in asked:
        if said.get(question.key) == KEPT:
            make_answer(response, question, "yes", sharing="organisers")
        elif question.key in said:
            make_answer(response, question, said[question.key])
    submitting.settle(reading.read(response))
    Response.objects.filter(pk=response.pk).update(state="submitted", submitted_at=now)


@contextmanager
def world(wave: Wave, said: dict[str, Any], now: datetime) -> Iterator[None]:
    """Let agency a have said this for a while."""
    cache.clear()
    caches["template_fragments"].clear()
    with transaction.atomic():
        response = make_response(wave, Agency.objects.get(slug="a"))
        answer(response, {"r": "here", "workers": 5} | said, now)
        yield
        transaction.set_rollback(True)


def read(client: Client, wave: Wave, surfaces: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return what every surface says to somebody."""
    found = {}
    for surface in surfaces:
        method, _blank, path = surface.rpartition(" ")
        address = path.format(wave=f"/surveys/{wave.slug}/")
        form = {"text": "How do you do it?", "operation": str(uuid4())}
        got = client.post(address, form) if method else client.get(address)
        found[surface] = got.status_code, text_of(got)
    found["mail"] = Notification.objects.count(), digest(wave)
    return found


def digest(wave: Wave) -> str:
    """Return what is owed to anybody by mail a week later."""
    later = wave.opens_at + timedelta(days=8)
    reminders.queue_due(now=later)
    inquiring.queue_reminders(now=later)
    digesting.queue_due(now=later)
    owed = Notification.objects.order_by("key").values_list("kind", "recipient__email", "context")
    return re.sub(r"\d+", "", str([*owed]))


def text_of(got: Any) -> str:
    """Return what an answer says, without what differs from one request to the next."""
    if "zip" in got.headers.get("Content-Type", "") or "sheet" in got.headers["Content-Type"]:
        packed = zipfile.ZipFile(io.BytesIO(got.content))
        names = [name for name in packed.namelist() if not name.startswith("docProps")]
        return "".join(packed.read(name).decode() for name in names)
    if got.headers["Content-Type"] == "application/pdf":
        return f"{len(got.content)} bytes"
    text: str = got.content.decode()
    return re.sub(
        r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|value="[0-9a-f-]{36}"', "", text
    )


def apart(
    client: Client, wave: Wave, now: datetime, surfaces: Iterable[str] = SURFACES
) -> set[str]:
    """Return on which surfaces somebody can tell the worlds apart."""
    told = []
    for said in WORLDS.values():
        with world(wave, said, now):
            told.append(read(client, wave, surfaces))
    return {surface for seen in told for surface, says in seen.items() if says != told[0][surface]}


@pytest.fixture
def other(wave: Wave) -> Client:
    """Somebody of an agency that was asked, too, and has not answered."""
    return signed_in(make_member(Agency.objects.get(slug="o")))


def test_follow_ups_tell_nobody_what_they_rest_on(wave: Wave, other: Client, now: datetime) -> None:
    assert (apart(Client(), wave, now), apart(other, wave, now, NAMED)) == (set(), set())


def test_follow_ups_of_what_is_held_back_are_held_back(
    wave: Wave, other: Client, now: datetime
) -> None:
    Question.objects.filter(key="p").update(default_sharing="members")
    apart_before = apart(other, wave, now, TABLES)

    mutual.choose(wave=wave, sections=wave.survey.sections.filter(key="basics"))

    assert (apart_before, apart(other, wave, now, TABLES)) == ({*TABLES}, set())


def test_who_may_read_all_of_it_does(
    wave: Wave, organiser_client: Client, other: Client, now: datetime
) -> None:
    with world(wave, WORLDS["yes"], now):
        own = signed_in(make_member(Agency.objects.get(slug="a")))
        texts = [read(one, wave, ["{wave}findings/a/"]) for one in (own, organiser_client, other)]

    assert ["CANARY" in str(text) for text in texts] == [True, True, False]


def test_without_the_rule_every_table_would_tell(wave: Wave, now: datetime) -> None:
    unguard()

    assert apart(Client(), wave, now, TABLES) == {*TABLES}
