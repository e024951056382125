"""How many people per second get a place when all press Register at once, over real HTTP.

Run with `make benchmark-registrations`. 200 people who are signed in, each on a connection of
their own, press Register for a webinar with 100 seats, at the same moment, on the portal's own
server. In turn with it, the same people ask the same server for the bare view (one indexed query,
30 rows), so that the ratio says what a registration costs in views.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.test import Client  # noqa: TID251 these people need no second factor
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks import crowd, processes
from ciwo_portal.embedded import free_port
from ciwo_portal.session_store import SessionStore
from notifications import claiming
from notifications.models import Notification
from webinars.models import Registration, Webinar

PEOPLE = int(os.environ.get("PEOPLE", "200"))
SEATS, ROUNDS = PEOPLE // 2, 3
TOKEN = "a" * 32  # the form's and the cookie's must be the same, no more
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def main() -> None:
    """Let everybody press, round by round, check the seats, and print a table."""
    call_command("migrate", verbosity=0)
    people = crowd.people(PEOPLE)
    cookies = [f"sessionid={session(person)}; csrftoken={TOKEN}" for person in people]
    for _ in range(30):
        _webinar()  # what the bare view shows
    statements = _statements(people[0])
    registering, bare = [], []
    with server() as port:
        asyncio.run(_all_at_once(port, cookies, "GET", "/bare/", "200"))  # both get warm
        for _ in range(ROUNDS):
            webinar = _webinar()
            bare.append(asyncio.run(_all_at_once(port, cookies, "GET", "/bare/", "200")))
            path = f"/webinars/{webinar.slug}/register/"
            registering.append(asyncio.run(_all_at_once(port, cookies, "POST", path, "302")))
            _check(webinar)
    ours, theirs = PEOPLE / median(registering), PEOPLE / median(bare)
    print(f"{PEOPLE} people for {SEATS} seats, {ROUNDS} times: exactly {SEATS} seated each time")
    print(f"{'':24}{'per second':>12}{'of the bare view':>18}")
    print(f"{'bare view':24}{theirs:12.0f}{1:18.2f}")
    print(f"{'registrations':24}{ours:12.0f}{ours / theirs:18.2f}")
    print(f"statements per registration, all of the request's but BEGIN and COMMIT: {statements}")


def _webinar() -> Webinar:
    return crowd.webinar(claiming.database_time() + timedelta(days=20), capacity=SEATS)


def session(person: User) -> str:
    """Sign somebody in and return the cookie's value."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _statements(person: User) -> int:
    client, webinar = Client(headers={"host": "127.0.0.1"}), _webinar()
    client.force_login(person, BACKEND)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(f"/webinars/{webinar.slug}/register/")
    assert answer.headers["Location"] == webinar.get_absolute_url(), answer.headers["Location"]
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in asked.captured_queries)


def _check(webinar: Webinar) -> None:
    states = list(webinar.registrations.values_list("state", flat=True))
    assert states.count(Registration.State.REGISTERED) == SEATS, states
    assert states.count(Registration.State.WAITLISTED) == PEOPLE - SEATS, states
    places = [f"registration/{pk}" for pk in webinar.registrations.values_list("pk", flat=True)]
    assert Notification.objects.filter(about__in=places).count() == PEOPLE


async def _all_at_once(port: int, cookies: list[str], method: str, path: str, code: str) -> float:
    """Let everybody ask at the same moment; return the seconds until the last is answered."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in cookies]
    body = f"csrfmiddlewaretoken={TOKEN}" if method == "POST" else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    )
    asked = [f"{head}Cookie: {cookie}\r\n\r\n{body}".encode() for cookie in cookies]
    started = time.perf_counter()
    for (_, writer), request in zip(lines, asked, strict=True):
        writer.write(request)
    answers = await asyncio.gather(*(answer(*line) for line in lines))
    taken = time.perf_counter() - started
    said = {answer.split(b" ", 2)[1].decode() for answer in answers}
    assert said == {code}, f"{path} answered {said}"
    return taken


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Read one answer and hang up at once, as a proxy does: the server waits for that."""
    said = await reader.read()
    writer.close()
    return said


@contextmanager
def server() -> Iterator[int]:
    """Run the web process as the Procfile does, with the bare view beside the portal."""
    procfile = (processes.ROOT / "Procfile").read_text()
    line = next(line for line in procfile.splitlines() if line.startswith("web: "))
    command = line.removeprefix("web: ").replace("ciwo_portal.wsgi", "benchmarks.wsgi")
    port = free_port()
    surroundings = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "BIND": "127.0.0.1"}
    command += " 2>/dev/null"  # a line in the log for each request is written, but not shown
    process = processes.start_line(command, PORT=str(port), **surroundings)
    try:
        processes.wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
