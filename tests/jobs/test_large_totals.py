"""Totals of waves in which much was answered: published and tried by the worker, once."""

from datetime import datetime
from threading import Barrier

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from jobs import queue, running
from jobs.models import Job
from surveys import alarms, publishing, releasing
from surveys.models import Audit, Figure, Release, Wave
from tests.browsers import Client
from tests.surveys.test_releasing import small
from tests.surveys.test_withdrawing import make_opened
from tests.threads import at_once


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "FEW", 0)


def press(client: Client, wave: Wave, **button: str) -> tuple[str, str]:
    """Press a button on the page of totals; return the page while it waits, and when it is done."""
    waiting = client.post(f"/manage/surveys/{wave.slug}/totals/", button, follow=True)
    running.run_waiting()
    done = client.get(waiting.request["PATH_INFO"])
    return waiting.content.decode(), done.content.decode()


def shown(page: str, select: str) -> str:
    """Return what stands there, in one line."""
    return " ".join(BeautifulSoup(page, "html.parser").select(select)[0].get_text(" ").split())


def test_organizer_is_led_to_the_release(organiser_client: Client, now: datetime) -> None:
    wave = small(now, "aabbab")

    waiting, done = press(organiser_client, wave)
    _waiting, again = press(organiser_client, wave)

    assert "Waiting for its turn" in waiting
    link = BeautifulSoup(done, "html.parser").select("[data-job] a")[0]
    assert shown(done, "[data-job]").startswith("The totals are published. Everybody can read")
    assert organiser_client.get(str(link["href"])).context["release"] == wave.releases.get()
    refused = "Not published: 0 agencies changed something since the last release; it takes 5."
    assert shown(again, "[data-job]") == refused


def test_worker_that_died_after_publishing_is_followed_by_one_that_says_so(
    organiser: User, now: datetime
) -> None:
    wave = small(now, "aabbab")
    job = queue.ask(person=organiser, order=publishing.order(wave), now=now)
    queue.claim(now)
    releasing.publish(wave=wave, by=organiser, now=now)

    running.run_waiting()  # its lease of long ago is over

    job.refresh_from_db()
    assert (job.state, job.page) == (Job.State.DONE, f"/manage/surveys/{wave.slug}/totals/1/")
    assert job.outcome == "Release 1 was published meanwhile: the totals are published once."
    assert wave.releases.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("is_held", "other"), [(True, "AlreadyPublished"), (False, "IntegrityError")]
)
def test_two_workers_publish_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch, is_held: bool, other: str
) -> None:
    wave, last_of, both = small(now, "aabbab"), releasing._last_of, Barrier(2)  # noqa: SLF001

    def together(wave: Wave, after: int | None) -> Release | None:
        """Let both see the same last release."""
        last = last_of(wave, after)
        both.wait(timeout=60)
        return last

    if not is_held:  # a control: only the number of the release is left to refuse the second
        monkeypatch.setattr(releasing, "_hold", lambda wave: wave)
        monkeypatch.setattr(releasing, "_last_of", together)

    found = at_once(lambda _: releasing.publish(wave=wave, by=None, now=now, after=0), range(2))

    assert sorted(type(one).__name__ for one in found) == sorted(["Release", other])


def test_audit_leads_to_its_alarms_while_figures_are_shown(
    organiser_client: Client, now: datetime
) -> None:
    wave = make_opened(now)
    path = f"/manage/surveys/{wave.slug}/totals/"
    before = organiser_client.get(path).content.decode()

    _waiting, done = press(organiser_client, wave, **{"try": "1"})
    told = organiser_client.get(path).content.decode()
    Figure.objects.update(number=None, shown=None)
    after = organiser_client.get(path).content.decode()

    assert "The audit has not looked yet" in before
    assert "Figures of 1 question tell what single agencies said." in done
    assert "All agencies but 3 are known by name" in shown(told, "[aria-labelledby=alarm-1]")
    assert ("alarm-1" in after, "found nothing in what is shown" in after) == (False, True)


def test_what_an_audit_keeps_says_what_it_found(now: datetime) -> None:
    wave = make_opened(now)

    found = alarms.record(wave=wave, now=now)

    assert alarms.recorded(Audit.objects.get()) == found != []
