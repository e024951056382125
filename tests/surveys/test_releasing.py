"""Releases of the demonstration: what is shown, what is hidden, and that nobody is picked out."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db.models import Count

from surveys import comparing, counting, findings, releasing, sharing, totals
from surveys.models import Answer, AnswerRevision, Figure, Release, Response, Wave
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_user,
    make_wave,
)
from tests.surveys.scenes import signed_in
from tests.surveys.test_demo import agencies, load


@pytest.fixture
def waves(now: datetime) -> list[Wave]:
    """The demonstration's waves, with their totals published."""
    return load(agencies(), now)


def figure(wave: Wave, key: str, group: str = "", part: str = "") -> Figure:
    """Return what the first release says."""
    return Figure.objects.get(
        release__wave=wave, release__number=1, question__key=key, group=group, part=part
    )


def unguarded(wave: Wave, now: datetime) -> None:
    """Publish every figure there is, as if no guard were there."""
    release = Release.objects.create(wave=wave, number=9, published_at=now)
    for question in comparing.questions_of(wave.survey):
        for group in counting.GROUPS if findings.is_counted(question) else ():
            for part in [c.value for c in comparing.parts_of(question)] or [""]:
                answers = Answer.objects.countable().filter(
                    response__wave=wave, question=question, not_reported=""
                )
                if group.startswith("level"):
                    answers = answers.filter(response__agency__level=group.partition(":")[2])
                rows = AnswerRevision.objects.filter(
                    response__in=answers.values("response"), question=question
                )
                shown = {"question": question, "part": part, "group": group}
                told = Figure.objects.create(release=release, number=1, shown={}, **shown)
                told.counted.through.objects.bulk_create(
                    told.counted.through(figure=told, answerrevision=row)
                    for row in rows
                    if row.value is not None
                )


def test_the_audit_finds_nothing_in_the_demonstration(waves: list[Wave]) -> None:
    out = StringIO()

    call_command("audit_findings", stdout=out)

    assert out.getvalue() == "Tried 2 surveys: no agency can be picked out.\n"
    assert Figure.objects.filter(number__isnull=False).count() > 100


def test_the_audit_finds_agencies_when_the_guard_is_off(waves: list[Wave], now: datetime) -> None:
    unguarded(waves[1], now)

    with pytest.raises(CommandError):
        call_command("audit_findings", waves[1].slug, stdout=StringIO())


def test_five_agencies_are_shown_and_fewer_are_not(waves: list[Wave]) -> None:
    shown = figure(waves[0], "determination_days")

    assert (shown.number, shown.shown) == (5, {"median": 142})
    assert figure(waves[0], "determination_days", "level:city").number is None


def test_three_counties_have_no_totals_and_keep_their_names(waves: list[Wave]) -> None:
    totals = Figure.objects.filter(release__wave=waves[1], group="level:county")
    named = waves[1].responses.named_to(make_member()).filter(agency__level="county")

    assert totals.filter(number__isnull=False).count() == 0
    assert named.count() == 3


def test_hidden_figures_look_alike(waves: list[Wave]) -> None:
    hidden = Figure.objects.filter(number__isnull=True)

    assert {*hidden.values_list("number", "shown")} == {(None, None)}
    assert Figure.counted.through.objects.filter(figure__in=hidden).count() == 0


def test_who_keeps_all_to_the_organizers_is_in_no_total(waves: list[Wave]) -> None:
    westerly = Response.objects.get(agency__name__contains="Westerly", wave=waves[1])
    ridgeline = Response.objects.get(agency__name__contains="Ridgeline", wave=waves[1])

    counted = Figure.counted.through.objects.filter(
        answerrevision__response__in=[westerly, ridgeline]
    )

    assert {*westerly.answers.values_list("sharing", flat=True)} == {"organisers"}
    assert ridgeline.state == "draft"
    assert counted.count() == 0


def test_a_release_stays_when_somebody_withdraws(waves: list[Wave], now: datetime) -> None:
    before = figure(waves[1], "first_contact_days")
    Answer.objects.filter(question__key="first_contact_days").update(sharing="organisers")

    after = figure(waves[1], "first_contact_days")

    assert (after.number, after.shown) == (before.number, before.shown)


def small(now: datetime, said: str) -> Wave:
    """Make a wave in which agencies say a letter each, for totals only."""
    wave = make_wave(make_survey())
    make_question(
        wave.survey, key="q", type="single_choice", choices=("a", "b"), default_sharing="counted"
    )
    join(wave, now, said)
    return wave


def join(wave: Wave, now: datetime, said: str) -> None:
    """Let more agencies hand in."""
    question = wave.survey.questions.get()
    for letter in said:
        asked = make_response(wave, make_agency(), state="submitted", submitted_at=now)
        make_answer(asked, question, letter)


def test_a_release_waits_until_five_agencies_changed(now: datetime) -> None:
    wave = small(now, "aabbab")
    releasing.publish(wave=wave, by=None, now=now)
    join(wave, now, "bbab")

    with pytest.raises(releasing.TooSoon) as refusal:
        releasing.publish(wave=wave, by=None, now=now)
    join(wave, now, "a")
    release = releasing.publish(wave=wave, by=None, now=now)

    assert (refusal.value.changed, release.number) == (4, 2)
    assert [*release.figures.filter(group="").values_list("number", flat=True)] == [11]
    assert [*releasing.audit(wave)] == []


def test_a_change_of_level_alone_is_no_new_answer(now: datetime) -> None:
    wave = small(now, "aabbab")
    releasing.publish(wave=wave, by=None, now=now)
    response = Response.objects.order_by("pk")[0]
    wishes = {"q": sharing.Wish("counted", "members")}

    sharing.change(response=response, wishes=wishes, by=make_user(), now=now)

    assert releasing.changed_since(wave) == 0


@pytest.mark.parametrize("told", ["aaa", "aaaaa", "aaaaab"])
def test_a_total_that_is_not_shown_says_one_sentence_whatever_the_cause(
    now: datetime, told: str
) -> None:
    wave = small(now, told)
    releasing.publish(wave=wave, by=None, now=now)

    page = signed_in(make_user()).get(f"/surveys/{wave.slug}/findings/").content

    said = BeautifulSoup(page, "html.parser").select("#totals ~ section .supp")
    assert {one.get_text(" ", strip=True) for one in said} == {
        "Total not shown. It could show single agencies."
    }


def test_organisers_publish_on_their_page(now: datetime) -> None:
    wave = small(now, "aabbab")
    client = signed_in(make_user(is_organiser=True))
    path = f"/manage/surveys/{wave.slug}/totals/"

    first = client.post(path, follow=True).content.decode()
    second = client.post(path, follow=True).content.decode()

    assert "The totals are published. Everybody can read them." in first
    assert "Not published: 0 agencies changed something" in second
    assert wave.releases.count() == 1


def test_what_was_taken_out_later_is_said_of_what_was_counted(waves: list[Wave]) -> None:
    release = waves[1].releases.get()
    later = release.published_at + timedelta(days=1)
    answers = Answer.objects.filter(response__wave=waves[1])
    found = [totals.is_withdrawn_from(release)]

    # A text is in no total; a number is.
    for key in ("practice_to_share", "first_contact_days"):
        taken = answers.filter(question__key=key)
        assert taken.update(sharing="organisers", changed_at=later) > 0
        found.append(totals.is_withdrawn_from(release))

    assert found == [False, False, True]


def told(waves: list[Wave]) -> list[tuple[object, ...]]:
    """Return all figures with how many answers each counts."""
    figures = Figure.objects.filter(release__wave__in=waves).annotate(behind=Count("counted"))
    place = ("release__wave", "question", "part", "group")
    return [*figures.order_by(*place).values_list(*place, "number", "shown", "behind")]


def test_questions_one_by_one_say_the_same_as_all_at_once(
    waves: list[Wave], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = told(waves)
    Release.objects.all().delete()
    monkeypatch.setattr(releasing, "AT_ONCE", 1)

    for wave in waves:
        releasing.publish(wave=wave, by=None, now=now)

    assert told(waves) == at_once
    assert {group for _wave, _question, _part, group, *_said in at_once} >= {"", "panel"}
    assert [*releasing.audit(waves[1])] == []
