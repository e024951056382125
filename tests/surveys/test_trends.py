"""Trends from wave to wave: what is said, what is not, and that the panel gives nobody away."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency
from surveys import disclosure, matching, releasing, trends, versions
from surveys.disclosure import Published
from surveys.models import Figure, Question, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_wave,
)
from tests.surveys.scenes import signed_in

YES = ("yes", "in_progress", "no")


def make_waves(now: datetime, **question: Any) -> tuple[Wave, Wave, Question]:
    """Make two waves of one survey with one question."""
    survey = make_survey()
    asked = make_question(survey, key="q", **{"default_sharing": "counted"} | question)
    year = timedelta(days=365)
    then = make_wave(survey, slug="then", opens_at=now - year, closes_at=now - year / 2)
    return then, make_wave(survey, slug="now"), asked


def hand_in(wave: Wave, now: datetime, agency: Agency, question: Question, value: Any) -> Response:
    """Let an agency hand in one answer."""
    response = make_response(wave, agency, state="submitted", submitted_at=now)
    make_answer(response, question, value)
    return response


def fill(waves: tuple[Wave, Wave], now: datetime, question: Question, said: str) -> list[Agency]:
    """Let agencies answer: "ab ba b- -a" is what each says then and now; "-" is not there."""
    asked = []
    for number, pair in enumerate(said.split()):
        agency = make_agency(name=f"Agency {number:02}")
        asked.append(agency)
        for wave, letter in zip(waves, pair, strict=True):
            value = {"y": "yes", "n": "no", "p": "in_progress"}.get(letter, letter)
            if value != "-":
                hand_in(wave, now, agency, question, value)
    return asked


def publish(*waves: Wave, now: datetime) -> None:
    """Publish the totals of each wave."""
    for wave in waves:
        releasing.publish(wave=wave, by=None, now=now)


def panel(key: str = "q") -> list[tuple[str, int | None]]:
    """Return the panel's two figures: group and number of agencies."""
    figures = Figure.objects.filter(group__startswith="panel", question__key=key).order_by("pk")
    return [*figures.values_list("group", "number")]


def page(client: Client, query: str = "") -> BeautifulSoup:
    """Read the page on the trends of the newer wave."""
    answer = client.get(f"/surveys/now/findings/trends/{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def said(found: BeautifulSoup) -> list[str]:
    """Return the rows of the first practice's table."""
    rows = found.select("#figures ~ section")[0].select("tbody tr")
    return [" ".join(row.get_text(" ", strip=True).split()) for row in rows]


def test_the_panel_is_of_those_that_answered_both_times(now: datetime) -> None:
    then, newer, question = make_waves(now, type="yes_no_in_progress", choices=YES)
    both = "yy yn ny nn yy ny nn "
    fill((then, newer), now, question, both + "y- y- n- y- n- " + "-y -n -y -n -y")

    publish(then, newer, now=now)

    assert panel() == [("panel", 7), ("panel-before", 7)]
    assert newer.releases.get().handed_in == {"": 12, "level:city": 12, "panel": 7}
    assert [*releasing.audit(then), *releasing.audit(newer)] == []


@pytest.mark.parametrize(
    "said",
    [
        "yy yn ny nn yy ny nn y-",  # one is in the earlier wave only: 8 less 7
        "yy yn ny nn yy ny nn -y -n",  # two are in the newer one only
        "yy yn ny nn",  # four in both
        "yy yy yn yn yy n- n- n- n- n- -n -n -n -n -n",  # all said yes then
    ],
)
def test_a_panel_that_would_tell_is_hidden_in_both_waves(now: datetime, said: str) -> None:
    then, newer, question = make_waves(now, type="yes_no_in_progress", choices=YES)
    fill((then, newer), now, question, said)

    publish(then, newer, now=now)

    assert panel() == [("panel", None), ("panel-before", None)]
    assert [*releasing.audit(then), *releasing.audit(newer)] == []


def test_the_audit_finds_the_one_that_left_when_the_guard_is_off(now: datetime) -> None:
    then, newer, question = make_waves(now, type="yes_no_in_progress", choices=YES)
    fill((then, newer), now, question, "yy yn ny nn yy ny nn y-")
    publish(then, newer, now=now)
    hidden = Figure.objects.get(group="panel-before")
    hidden.number, hidden.shown = 7, {"shares": {}}
    hidden.save()
    both = Response.objects.filter(wave=then).exclude(agency__name="Agency 07")
    hidden.counted.set([response.revisions.get() for response in both])

    found = [leak.text for leak in releasing.audit(then)]

    assert "1/ less now 1/panel-before, public: the difference is 1 agencies" in found


def test_an_earlier_wave_is_published_again_beside_the_panel(now: datetime) -> None:
    """The panel of seven stands; ten agencies less those seven would leave three."""
    then, newer, question = make_waves(now, type="yes_no_in_progress", choices=YES)
    fill((then, newer), now, question, "yy yn ny nn yy ny nn " + "-y -n -y -n -y")
    publish(then, newer, now=now)
    before = panel()
    Response.objects.filter(wave=then, agency__name__in=["Agency 00", "Agency 01"]).update(
        state="draft", submitted_at=None
    )
    fill((then, newer), now, question, "y- n- y-")

    publish(then, now=now)

    again = Figure.objects.get(release__number=2, release__wave=then, group="")
    assert before == [("panel", 7), ("panel-before", 7)]
    assert again.number is None
    assert [*releasing.audit(then)] == []


def test_worse_is_said_plainly_and_only_where_a_way_is_better(now: datetime) -> None:
    then, newer, question = make_waves(
        now, type="number", unit="days", better="lower", default_sharing="public"
    )
    for value in (112, 126, 142, 146, 161):
        hand_in(then, now, make_agency(), question, value)
    for value in (133, 138, 171, 173, 279, 303):
        hand_in(newer, now, make_agency(), question, value)
    publish(then, newer, now=now)

    judged = said(page(Client()))
    Question.objects.update(better="")
    plain = said(page(Client()))

    row = "In the middle, days 142 5 of 5 agencies 172 6 of 6 agencies ↑ "
    noise = " (of so few agencies nobody can tell whether it is noise)"
    assert judged == ["All agencies", f"{row}Worse: higher{noise}"]
    assert plain == ["All agencies", f"{row}Higher{noise}"]


def test_a_change_within_the_noise_has_no_arrow(now: datetime) -> None:
    then, newer, question = make_waves(now, type="scale", choices=tuple("12345"), better="higher")
    fill((then, newer), now, question, "2- 2- 2- 3- 3- 3- 3- 3- 4- 4-")
    fill((then, newer), now, question, "-2 -2 -2 -3 -3 -3 -3 -3 -3 -3 -3 -4 -4 -5 -5")
    publish(then, newer, now=now)

    [_title, average, *_shares] = said(page(Client()))

    assert average == (
        "On average, from 1 to 5 2.9 10 of 10 agencies 3.2 15 of 15 agencies "
        "About unchanged, within the noise"
    )


@pytest.fixture
def broken(now: datetime) -> tuple[Wave, Wave]:
    """Two waves between which the question changed; its answers are public."""
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="public"
    )
    draft = versions.begin(survey=then.survey, version="2")
    asked = draft.questions.get()
    draft.questions.update(label="Meant otherwise?", is_comparable=False)
    Wave.objects.filter(pk=newer.pk).update(survey=draft)
    newer.refresh_from_db()
    for number, value in enumerate(("yes", "no", "no", "yes", "no", "yes")):
        agency = make_agency(name=f"Agency {number:02}")
        hand_in(then, now, agency, question, value)
        hand_in(newer, now, agency, asked, value)
    publish(then, newer, now=now)
    return then, newer


def test_a_break_is_drawn_and_said_and_nothing_is_compared_across_it(
    broken: tuple[Wave, Wave],
) -> None:
    found = page(signed_in(make_member()))

    section = found.select("#figures ~ section")[0]
    tags = [tag.get_text(strip=True) for tag in found.select(".tag--warn")]
    assert tags == ["The trend breaks here", "Not comparable"]
    assert len(section.select("svg line[stroke-dasharray]")) == 1
    assert said(found)[1] == "Yes 50% 6 of 6 agencies 50% 6 of 6 agencies"
    assert panel() == []
    assert "same agencies" not in section.get_text()


def test_the_same_change_is_compared_when_the_meaning_stayed(broken: tuple[Wave, Wave]) -> None:
    Question.objects.filter(survey__version="2").update(is_comparable=True)

    found = page(Client())

    assert found.select(".tag--warn") == []
    assert said(found)[1] == "Yes 50% 6 of 6 agencies 50% 6 of 6 agencies The same"


def test_versions_that_do_not_come_from_one_another_are_not_compared(now: datetime) -> None:
    asked = make_question(make_survey(), key="q").survey

    assert matching.comparable({"q"}, asked, make_survey()) == set()
    assert matching.comparable({"q"}, asked, asked) == {"q"}


def test_agencies_that_did_not_exist_are_shown_so(now: datetime) -> None:
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="members"
    )
    year = then.opens_at.year
    hand_in(then, now, make_agency(name="Gone"), question, "no")
    for name, founded in (("Old", 1913), ("Young", year + 1), ("Unknown", None)):
        hand_in(newer, now, make_agency(name=name, founded_in=founded), question, "yes")

    found = page(signed_in(make_member()))

    names = [th.get_text(strip=True) for th in found.select("table.matrix thead th")[1:]]
    cells = [td.select(".small")[0].get_text(strip=True) for td in found.select("table.matrix td")]
    assert dict(zip(names, cells, strict=True)) == {
        "Gone, CA": "No",
        "Old, CA": "Nothing to read",
        "Unknown, CA": "Nothing to read",
        "Young, CA": "Not yet founded",
    }


def test_named_figures_count_what_the_reader_reads_in_both_waves(now: datetime) -> None:
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="members"
    )
    fill((then, newer), now, question, "yy ny ny n- -y")
    Response.objects.get(wave=then, agency__name="Agency 02").answers.update(sharing="counted")

    found = said(page(signed_in(make_member())))

    assert found[:2] == [
        "Those that you read by name in both",
        "Yes 50% 2 of 2 agencies 100% 2 of 2 agencies About unchanged, within the noise",
    ]


def test_waves_that_a_reader_may_not_know_are_not_offered(now: datetime) -> None:
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="members"
    )
    hand_in(newer, now, make_agency(), question, "yes")
    path = "/surveys/now/findings/trends/"

    assert signed_in(make_member()).get(path).status_code == 404
    hand_in(then, now, make_agency(), question, "yes")
    assert signed_in(make_member()).get(path).status_code == 200
    assert Client().get(path).status_code == 404


def test_a_demonstration_never_meets_a_real_wave(now: datetime) -> None:
    then, newer, _question = make_waves(now)
    assert matching.before(newer) == then

    Wave.objects.filter(pk=then.pk).update(is_demo=True)

    assert matching.before(newer) is None


def test_the_page_asks_as_much_for_many_agencies_as_for_few(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="members"
    )
    fill((then, newer), now, question, "yy")
    client = signed_in(make_member())
    page(client)

    for _ in range(2):
        with django_assert_num_queries(31):
            page(client)
        fill((then, newer), now, question, "yy ny yn nn yy ny")


def test_a_panel_figure_alone_is_as_safe_as_any_other() -> None:
    assert disclosure.is_safe([Published("now 1/panel", ())]) is False


@pytest.mark.parametrize(
    ("handed_in", "why"),
    [
        ((10, 14, 4), "few_both"),
        ((10, 14, 9), "few_alone"),
        ((9, 13, 9), "few_alone"),
        ((10, 10, 5), ""),
        ((9, 9, 9), ""),
    ],
)
def test_the_reason_is_one_that_published_numbers_tell(
    handed_in: tuple[int, int, int], why: str
) -> None:
    assert trends.why_hidden(*handed_in) == why


def test_the_page_says_the_reason_that_holds(now: datetime) -> None:
    then, newer, question = make_waves(now, type="yes_no_in_progress", choices=YES)
    fill((then, newer), now, question, "yy yn ny nn yy ny nn y-")
    publish(then, newer, now=now)

    text = page(Client()).get_text()

    assert "Fewer than five agencies answered one of the two surveys alone." in text
    assert "Fewer than five agencies answered both times" not in text


@pytest.fixture
def three(now: datetime) -> list[Wave]:
    """Waves of three versions; the question changed its meaning in the second only."""
    then, newer, question = make_waves(
        now, type="yes_no_in_progress", choices=YES, default_sharing="public"
    )
    second = versions.begin(survey=then.survey, version="2")
    second.questions.update(label="Meant otherwise?", is_comparable=False)
    third = versions.begin(survey=second, version="3")
    third.questions.update(is_comparable=True)
    month = timedelta(days=30)
    between = make_wave(
        second, slug="between", opens_at=newer.opens_at - month, closes_at=newer.opens_at
    )
    Wave.objects.filter(pk=newer.pk).update(survey=third)
    newer.refresh_from_db()
    for said in ("yes", "no", "no"):
        agency = make_agency()
        for wave in (then, between, newer):
            hand_in(wave, now, agency, wave.survey.questions.get(), said)
    assert question.survey != second
    return [then, between, newer]


def test_a_break_anywhere_between_two_waves_is_a_break(three: list[Wave]) -> None:
    then, between, newer = three

    found = [
        trends.breaks(newer, then),
        trends.breaks(newer, between),
        trends.breaks(between, then),
    ]

    assert found == [{"q": "changed"}, {}, {"q": "changed"}]


def test_every_earlier_wave_can_be_chosen(three: list[Wave]) -> None:
    client = Client()

    found = {
        query: [tag.get_text(strip=True) for tag in page(client, query).select(".tag--warn")]
        for query in ("", "?since=between", "?since=then", "?since=now", "?since=nothing")
    }

    warned = ["The trend breaks here", "Not comparable"]
    assert found == {
        "": [],
        "?since=between": [],
        "?since=then": warned,
        "?since=now": [],
        "?since=nothing": [],
    }
    options = page(client).select("select[name=since] option")
    assert [option["value"] for option in options] == ["between", "then"]
