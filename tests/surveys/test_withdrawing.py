"""What was published can be withdrawn: at once, everywhere and for good."""

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import TestCase
from django.urls import resolve
from pytest_django import Settings

from ciwo_portal import attention
from jobs import queue, running
from jobs.kinds import Made, Order
from jobs.models import Job
from surveys import alarms, releasing, tables, tasks, withdrawing
from surveys.models import Answer, Figure, Question, Release, Wave, Withdrawal
from surveys.withdrawing import Target
from tests.addresses import example, routes
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_topic,
    make_user,
    make_wave,
)
from tests.surveys.scenes import signed_in

# The middle of what twelve agencies say, now and the year before; no group has the same.
NOW, THEN = (re.compile(rf"(?<!\d){one}(?!\d)") for one in ("7,?770,?000", "3,?330,?000"))
SAID = [1_000_000, 2_000_000, 4_440_000, 5_500_000, 6_000_000, 7_700_000]
SAID += [7_840_000, 8_800_000, 9_100_000, 9_990_000, 12_000_000, 14_000_000]
SURFACES = {  # where readers find the published number; found among all addresses
    "surveys:findings",
    "surveys:number",
    "surveys:trends",
    "surveys:export-totals",
    "surveys:export-workbook",
    "surveys:export-document",
    "topics:detail",
}
REASON = "Published by mistake."


@pytest.fixture(autouse=True)
def _keeping_pages(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VISITOR_CACHE_SECONDS, settings.MEDIA_ROOT = 30, tmp_path
    cache.clear()
    yield
    cache.clear()
    caches["template_fragments"].clear()


@pytest.fixture
def waves(now: datetime) -> tuple[Wave, Wave]:
    """Two waves with published totals of a number, which twelve agencies gave both times."""
    survey, year = make_survey(), timedelta(days=365)
    asked = make_question(survey, key="q", type="currency", default_sharing="counted")
    asked.section.topics.add(make_topic(slug="topic"))
    then = make_wave(survey, slug="then", opens_at=now - year, closes_at=now - year / 2)
    wave = make_wave(survey, slug="wave")
    for number, said in enumerate(SAID):
        agency = make_agency(slug=f"a{number}", level="city" if number % 2 else "county")
        for one, value in ((then, said * 3 // 7), (wave, said)):
            response = make_response(one, agency, state="submitted", submitted_at=now)
            make_answer(response, asked, value)
    for one in (then, wave):
        releasing.publish(wave=one, by=None, now=now)
    return then, wave


def target(wave: Wave, scope: str) -> Target:
    """Return all of the wave's release, its question, or the figure over all agencies."""
    release, asked = wave.releases.get(number=1), Question.objects.get(key="q")
    whole, one = Target(release), Target(release, asked, "", "")
    return {"release": whole, "question": Target(release, asked), "figure": one}[scope]


def withdraw(target: Target, now: datetime) -> Withdrawal:
    """Let an organiser withdraw it."""
    act: dict[str, Any] = {"reason": REASON, "internal_reason": "Alarm of today.", "now": now}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return withdrawing.withdraw(target=target, by=make_user(is_organiser=True), **act)


def text(answer: Any) -> str:
    """Return what an answer says; of a workbook, its cells."""
    if "spreadsheet" in answer.headers.get("Content-Type", ""):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return " ".join(str(cell.value) for page in book for row in page.rows for cell in row)
    return "" if answer.streaming else answer.content.decode(errors="replace")


def everywhere() -> set[str]:
    """Return all addresses that people other than organisers read, with those of both waves."""
    others = ("accounts", "manage", "metrics")  # the last counts bytes and seconds of the process
    paths = {example(route) for route in routes() if not route.startswith(others)}
    return paths | {path.replace("/surveys/wave/", "/surveys/then/") for path in paths}


def surfaces() -> set[str]:
    """Return the addresses at which published numbers are read."""
    return {path for path in everywhere() if resolve(path).view_name in SURFACES}


def telling(client: Client, canary: re.Pattern[str], paths: set[str]) -> set[str]:
    """Return the names of the addresses at which the client finds the number."""
    found = {path for path in paths if canary.search(text(client.get(path)))}
    return {resolve(path).view_name for path in found}


def test_no_other_address_tells_a_published_number(waves: tuple[Wave, Wave]) -> None:
    assert telling(signed_in(make_member()), NOW, everywhere()) == SURFACES


@pytest.mark.parametrize("scope", ["release", "question", "figure"])
def test_what_was_withdrawn_is_gone_from_every_address_at_once(
    waves: tuple[Wave, Wave], now: datetime, scope: str
) -> None:
    readers = [Client(), signed_in(make_member())]
    before = [telling(reader, NOW, surfaces()) for reader in readers]

    withdraw(target(waves[1], scope), now)

    assert before == [SURFACES] * 2
    assert [telling(reader, NOW, surfaces()) for reader in readers] == [set(), set()]
    files = [f"/surveys/wave/findings{one}" for one in ("/", ".json", ".xlsx", "-totals.csv")]
    pages = [text(Client().get(path)) for path in (*files, "/topics/topic/")]
    assert [REASON in page for page in pages] == [True] * 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_files_that_tell_what_was_withdrawn_are_removed_also_one_that_just_ends(
    waves: tuple[Wave, Wave], now: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    person, keep = make_member(), queue.finish
    jobs = [queue.ask(person=person, order=one, now=now) for one in orders(waves[1])]

    def late(job: Job, made: Made, at: datetime) -> None:
        """Keep the second file only after something was withdrawn from it."""
        if job == jobs[1] and not Withdrawal.objects.exists():
            withdraw(target(waves[1], "figure"), now)
        keep(job, made, at)

    monkeypatch.setattr(queue, "finish", late)
    if not is_guarded:
        monkeypatch.setattr(queue, "recall", lambda *_: None)
    running.run_waiting()

    assert [bool(NOW.search(kept)) for kept in kept_files()] == [not is_guarded] * (2 - is_guarded)
    reader = signed_in(person)
    answers = [reader.get(f"{job.get_absolute_url()}file/") for job in jobs]
    answers[1].close()
    assert [one.status_code for one in answers] == [404, 200 if is_guarded else 404]


def orders(wave: Wave) -> list[Order]:
    """Return two files of the wave that tell its published totals."""
    return [tables.order(wave, name) for name in ("totals", "document")]


def kept_files() -> list[str]:
    """Return what stands in the files on the disk."""
    return [path.read_text() for path in (Path(settings.MEDIA_ROOT) / "jobs").iterdir()]


def test_with_an_earlier_waves_question_goes_what_a_later_release_tells_of_it(
    waves: tuple[Wave, Wave], now: datetime
) -> None:
    before = telling(Client(), THEN, surfaces())

    withdraw(target(waves[0], "question"), now)

    panel = Figure.objects.filter(release__wave=waves[1], group__startswith="panel")
    assert before == SURFACES - {"topics:detail"}
    assert telling(Client(), THEN, surfaces()) == set()
    assert [*panel.values_list("number", flat=True)] == [None, None]
    assert telling(Client(), NOW, surfaces()) == SURFACES  # the newer wave's own figures stand


def test_files_mark_what_was_withdrawn(waves: tuple[Wave, Wave], now: datetime) -> None:
    withdraw(target(waves[1], "figure"), now)

    rows = json.loads(Client().get("/surveys/wave/findings.json").content)["totals"]

    [row] = [row for row in rows if row["group"] == "all"]
    day = f"{now:%B} {now.day}, {now.year}"
    assert (row["answer"], row["n"], row["median"]) == ("withdrawn", "", "")
    assert row["note"] == f"Withdrawn on {day}: {REASON}"
    assert {row["note"] for row in rows if row["group"] == "level:city"} == {""}


def test_a_withdrawn_figure_can_hold_no_number(waves: tuple[Wave, Wave], now: datetime) -> None:
    withdrawal = withdraw(target(waves[1], "figure"), now)

    with pytest.raises(IntegrityError):
        Figure.objects.filter(withdrawal=withdrawal).update(number=12, shown={"median": 1})


def test_withdrawing_is_final_and_kept_on_record(waves: tuple[Wave, Wave], now: datetime) -> None:
    kept = withdraw(target(waves[1], "release"), now)

    with pytest.raises(withdrawing.NothingToWithdraw):
        withdraw(target(waves[1], "release"), now)
    with pytest.raises(withdrawing.NothingToWithdraw):
        withdraw(target(waves[1], "figure"), now)

    page = signed_in(make_user(is_organiser=True)).get("/manage/surveys/wave/totals/")
    shown = page.content.decode()
    assert [*Withdrawal.objects.all()] == [kept]
    assert all(word in shown for word in (REASON, "Alarm of today.", str(kept.withdrawn_by)))


def join(wave: Wave, now: datetime, *, city: int, county: int) -> None:
    """Let more agencies hand in."""
    for number in range(city + county):
        agency = make_agency(level="city" if number < city else "county")
        response = make_response(wave, agency, state="submitted", submitted_at=now)
        make_answer(response, Question.objects.get(key="q"), 5_000_000 + number)


def test_a_withdrawal_opens_no_release(waves: tuple[Wave, Wave], now: datetime) -> None:
    withdraw(target(waves[1], "release"), now)
    join(waves[1], now, city=4, county=0)

    with pytest.raises(releasing.TooSoon):
        releasing.publish(wave=waves[1], by=None, now=now)


@pytest.mark.parametrize(("is_known", "number"), [(True, None), (False, 7)])
def test_what_was_withdrawn_stays_known_to_the_audit_of_later_releases(
    waves: tuple[Wave, Wave], now: datetime, is_known: bool, number: int | None
) -> None:
    # Three cities join, and two leave: this release's cities less the last one's are those three.
    withdraw(target(waves[1], "release"), now)
    if not is_known:  # a control: without the earlier figures nothing stands against it
        Figure.counted.through.objects.all().delete()
    join(waves[1], now, city=3, county=0)
    cities = Answer.objects.filter(response__wave=waves[1], response__agency__level="city")
    Answer.objects.filter(pk__in=cities.order_by("pk").values("pk")[:2]).update(
        sharing="organisers"
    )

    release = releasing.publish(wave=waves[1], by=None, now=now)

    assert release.figures.get(group="level:city").number == number


def make_opened(now: datetime) -> Wave:
    """Publish what eight cities say, of which five then open their answer."""
    survey = make_survey()
    asked = make_question(
        survey, key="liens", label="Do you file liens?", type="single_choice", choices=("a", "b"),
        default_sharing="counted",
    )  # fmt: skip
    wave = make_wave(survey, slug="wave", title="Survey of 2026")
    for letter in "aabbabab":
        response = make_response(wave, make_agency(), state="submitted", submitted_at=now)
        make_answer(response, asked, letter)
    releasing.publish(wave=wave, by=None, now=now)
    opened = Answer.objects.filter(question=asked).order_by("pk")[:5]
    Answer.objects.filter(pk__in=opened.values("pk")).update(sharing="public")
    return wave


def test_an_alarm_says_in_plain_words_what_to_withdraw(now: datetime) -> None:
    make_opened(now)
    client = signed_in(make_user(is_organiser=True))

    tasks.audit_published()
    first = client.get("/manage/").content.decode()
    page = BeautifulSoup(client.get("/manage/surveys/wave/totals/").content, "html.parser")

    alarm = " ".join(page.select("[aria-labelledby=alarm-1]")[0].get_text(" ").split())
    assert "figures tell what single agencies said: Survey of 2026" in first
    assert alarm.startswith(
        "Do you file liens? All agencies but 3 are known by name: their answers follow by "
        "subtraction. Everybody can work this out. "
    )
    assert f"all agencies: release 1 of {now:%B} {now.day}, {now.year}" in alarm
    assert "level:" not in page.select("main")[0].text


def test_an_organizer_withdraws_the_figure_that_raises_the_alarm(now: datetime) -> None:
    wave = make_opened(now)
    with pytest.raises(CommandError):
        call_command("audit_findings", stdout=io.StringIO())
    client = signed_in(make_user(is_organiser=True))

    seen = press(client, "/manage/surveys/wave/totals/", "Withdraw this figure")

    assert "What readers will see" in seen
    assert "Withdrawn on" in seen
    assert Figure.objects.alarming().count() == 0
    assert alarms.find(wave) == []
    assert [*releasing.audit(wave)] != []  # it stays known
    assert attention.matters(now) == []
    call_command("audit_findings", stdout=io.StringIO())


def press(client: Client, path: str, label: str) -> str:
    """Follow every link of that label, and withdraw; return the last page before the end."""
    seen = ""
    while links := links_to(client.get(path), label):
        typed = {"reason": REASON}
        seen = client.post(links[0], typed).content.decode()
        button = BeautifulSoup(seen, "html.parser").select("button[name=seen]")[0]
        client.post(links[0], typed | {"seen": button["value"]})
    return seen


def links_to(answer: Any, label: str) -> list[str]:
    """Return the addresses of links that begin with these words."""
    page = BeautifulSoup(answer.content, "html.parser")
    return [str(a["href"]) for a in page.select("main a") if a.text.strip().startswith(label)]


def test_nothing_is_withdrawn_before_its_preview_was_seen(
    waves: tuple[Wave, Wave], now: datetime
) -> None:
    client, path = (
        signed_in(make_user(is_organiser=True)),
        "/manage/surveys/wave/totals/1/withdraw/",
    )

    blank = client.post(path, {"reason": " ", "internal_reason": "Typed."}).content.decode()
    page = BeautifulSoup(client.post(path, {"reason": REASON}).content, "html.parser")
    seen = {"seen": page.select("button[name=seen]")[0]["value"]}
    other = client.post(path, {"reason": "Another reason."} | seen).content.decode()

    assert ("Typed." in blank, "This field is required" in blank) == (True, True)
    assert "What readers will see" in other
    assert Release.objects.standing().count() == 2


def test_with_a_question_go_those_that_are_asked_only_after_it(now: datetime) -> None:
    survey = make_survey()
    ways: dict[str, Any] = {"type": "single_choice", "choices": ("a", "b")}
    make_question(survey, key="p", default_sharing="counted", **ways)
    follows = {"all": [{"question": "p", "operator": "equals", "value": "a"}]}
    again = {"all": [{"question": "c", "operator": "answered"}]}
    make_question(survey, key="c", show_if=follows, **ways)
    make_question(survey, key="d", show_if=again, **ways)
    make_question(survey, key="other", **ways)

    found = withdrawing.followers(Question.objects.get(key="p"))

    assert [one.key for one in found] == ["c", "d"]
