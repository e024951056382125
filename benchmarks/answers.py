"""How many answers per second are saved while twenty people of one agency fill in one response.

Run with `make benchmark-answers`. Each person saves answers to a question of his own, one after
the other, over HTTP on the portal's own server, as the page does while somebody types. In turn
with it, the same people ask the same server for the bare view (one indexed query, 30 rows).
"""

import asyncio
import os
import time
from datetime import timedelta
from statistics import median
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from agencies.models import Agency, Membership
from benchmarks import crowd, registrations
from surveys.models import Answer, Question, Response, Section, Survey, Wave

PEOPLE, SAVES, ROUNDS = 20, 10, int(os.environ.get("ROUNDS", "3"))


def main() -> None:
    """Let everybody save, round by round, check the answers, and print a table."""
    call_command("migrate", verbosity=0)
    response = _response()
    people = crowd.people(PEOPLE)
    now = timezone.now()
    Membership.objects.bulk_create(
        Membership(person=one, agency=response.agency, status="active", asked_at=now)
        for one in people
    )
    token = registrations.TOKEN
    cookies = [f"sessionid={registrations.session(one)}; csrftoken={token}" for one in people]
    saving, bare = [], []
    with registrations.server() as port:
        for number in range(ROUNDS + 1):  # the first gets both warm
            bare.append(_timed(_all(port, "GET /bare/", cookies, response, number)))
            saving.append(_timed(_all(port, "POST", cookies, response, number)))
    _check(response)
    ours, theirs = (PEOPLE * SAVES / median(taken[1:]) for taken in (saving, bare))
    print(
        f"{PEOPLE} people in one response, {SAVES} saves each, {ROUNDS} rounds; load "
        f"{os.getloadavg()[0]:.1f}"
    )
    print(f"{'':24}{'per second':>12}{'of the bare view':>18}")
    print(f"{'bare view':24}{theirs:12.0f}{1:18.2f}")
    print(f"{'answers saved':24}{ours:12.0f}{ours / theirs:18.2f}")


def _response() -> Response:
    now = timezone.now()
    survey = Survey.objects.create(key="bench", version="1", title="Bench", frozen_at=now)
    section = Section.objects.create(survey=survey, key="s", title="Part", position=1)
    for number in range(PEOPLE):
        Question.objects.create(
            survey=survey,
            section=section,
            key=f"q{number}",
            position=number + 1,
            type="number",
            label="How many?",
            default_sharing="members",
        )
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=9)}
    wave = Wave.objects.create(survey=survey, slug="bench", title="B", fielded_at=now, **times)
    agency = Agency.objects.create(slug="b", name="B", level="city", jurisdiction="B", state="CA")
    return Response.objects.create(wave=wave, agency=agency)


async def _all(port: int, what: str, cookies: list[str], response: Response, number: int) -> None:
    await asyncio.gather(
        *(_one(port, what, cookie, place, number) for place, cookie in enumerate(cookies))
    )


async def _one(port: int, what: str, cookie: str, place: int, number: int) -> None:
    """Save one's answer again and again, each time over the revision before."""
    for save in range(SAVES):
        seen = number * SAVES + save
        body, line = "", what
        if what == "POST":
            line = f"POST /surveys/bench/answers/q{place}/"
            body = (
                f"csrfmiddlewaretoken={registrations.TOKEN}&value.q{place}={seen + 1}"
                f"&seen.q{place}={seen}&operation.q{place}={uuid4()}"
            )
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        said = await registrations.answer(reader, writer)
        assert said.split(b" ", 2)[1] == b"200", said[:2000]


def _timed(work: object) -> float:
    started = time.perf_counter()
    asyncio.run(work)  # type: ignore[arg-type] # a coroutine
    return time.perf_counter() - started


def _check(response: Response) -> None:
    """See that nothing is lost: each answer holds the last value, over one revision a save."""
    last = (ROUNDS + 1) * SAVES
    found = Answer.objects.filter(response=response).values_list("value", "revision")
    assert [*found] == [(last, last)] * PEOPLE, [*found]
    assert response.revisions.count() == last * PEOPLE
