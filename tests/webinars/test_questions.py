"""What people are asked when they register, and what they need to take part."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_series, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_manage import fields_of
from tests.webinars.test_messages import details, words_of
from tests.webinars.test_pages import SOON, browser_of, said
from webinars import arranging, conditions, entering, questions, registration, scheduling
from webinars.models import AccessNeed, Registration, RegistrationQuestion, Webinar
from webinars.questions import Wanted

State = Registration.State


def wanted(text: str, kind: str = "short", **said: Any) -> Wanted:
    """Return a question as an organiser puts it."""
    base: dict[str, Any] = {
        "key": None,
        "choices": [],
        "is_required": False,
        "is_asked": True,
        "shown_if": None,
        "shown_if_answer": "",
    }
    return Wanted(text=text, kind=kind, **base | said)


def ask(webinar: Webinar) -> list[RegistrationQuestion]:
    """Ask whether one has used liens, and only who has: on what, and for how long."""
    rows = [
        wanted("Have you used liens?", "yes_no", is_required=True),
        wanted(
            "On what?",
            "several",
            choices=["Land", "Cars"],
            is_required=True,
            shown_if=1,
            shown_if_answer="yes",
        ),
        wanted("Which cars?", shown_if=2, shown_if_answer="Cars"),
    ]
    questions.ask(owner=webinar, wanted=rows)
    return list(webinar.questions.order_by("position"))


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [([], [], 1), (["no"], ["Cars"], 1), (["yes"], ["Land"], 2), (["YES"], ["Land", "cars"], 3)],
)
def test_condition_shows_what_the_answers_call_for(first, second, number: int) -> None:
    rows = ask(make_webinar())

    found = conditions.shown(rows, {rows[0].pk: first, rows[1].pk: second})

    assert found == rows[:number]


def enter(webinar: Webinar, person: User, answers: dict[int, list[str]], **said: Any) -> Any:
    """Register with answers."""
    base: dict[str, Any] = {"needs": None, "now": datetime.now(UTC)}
    return entering.enter(webinar=webinar, person=person, answers=answers, **base | said)


def test_answers_are_kept_with_the_place_and_can_be_changed() -> None:
    webinar, person = make_webinar(starts_at=SOON), make_user()
    used, what, cars = ask(webinar)
    enter(webinar, person, {used.pk: ["yes"], what.pk: ["Cars"], cars.pk: ["Vans"]})

    place = enter(webinar, person, {used.pk: ["no"], what.pk: ["Cars"], cars.pk: ["Vans"]})

    assert list(place.answers.values_list("question", "values")) == [(used.pk, ["no"])]
    assert Notification.objects.filter(kind="webinars/receipt").count() == 1


def test_refused_registration_keeps_nothing() -> None:
    webinar = make_webinar(starts_at=SOON, audience="staff")
    used, *_ = ask(webinar)

    with pytest.raises(registration.NotAdmitted):
        enter(webinar, make_user(), {used.pk: ["no"]})

    assert Registration.objects.count() == 0


def test_question_that_is_answered_is_not_removed() -> None:
    webinar = make_webinar(starts_at=SOON)
    used, *_ = ask(webinar)
    enter(webinar, make_user(), {used.pk: ["no"]})

    with pytest.raises(questions.IsAnswered):
        questions.ask(owner=webinar, wanted=[])

    assert webinar.questions.count() == 3


@pytest.mark.parametrize("is_of_series", [True, False])
def test_new_webinar_asks_what_its_model_asks(is_of_series: bool) -> None:
    model, series = make_webinar(), make_series()
    rows = [wanted("Liens?", "yes_no"), wanted("Which?", shown_if=1, shown_if_answer="yes")]
    questions.ask(owner=series if is_of_series else model, wanted=rows)
    plan = details(model, series=series if is_of_series else None)

    webinar = scheduling.plan(
        uid=uuid4(),
        details=plan,
        topics=[],
        by=make_user(),
        like=None if is_of_series else model,
    )

    copied = list(webinar.questions.order_by("position"))
    assert [one.text for one in copied] == ["Liens?", "Which?"]
    assert copied[1].shown_if == copied[0]


def test_registering_goes_through_the_questions() -> None:
    webinar, client = make_webinar(starts_at=SOON), browser_of(make_user())
    used, what, _ = ask(webinar)
    address = f"{webinar.get_absolute_url()}register/"

    link = client.get(webinar.get_absolute_url())
    asked = said(client.get(address))
    bare = client.post(address, {f"question_{used.pk}": "yes"})
    full = {f"question_{used.pk}": "yes", f"question_{what.pk}": ["Land", "Cars"]}
    page = said(client.post(address, full, follow=True))

    assert f'href="{address}"' in link.content.decode()
    assert "Only if you answered “Yes” to “Have you used liens?”." in asked
    assert ("Answer this question." in said(bare), b"checked" in bare.content) == (True, True)
    assert "You are registered." in page
    assert [str(one) for one in Registration.objects.get().answers.order_by("pk")] == [
        "yes",
        "Land, Cars",
    ]


def test_answers_that_do_not_apply_are_not_even_looked_at() -> None:
    webinar, person = make_webinar(starts_at=SOON), make_user()
    used, what, cars = ask(webinar)
    sent = {f"question_{used.pk}": "no", f"question_{what.pk}": "Boats"}

    browser_of(person).post(
        f"{webinar.get_absolute_url()}register/", sent | {f"question_{cars.pk}": "x" * 999}
    )

    assert [str(one) for one in Registration.objects.get().answers.all()] == ["no"]


def test_webinar_without_questions_takes_one_press() -> None:
    webinar, client = make_webinar(starts_at=SOON), browser_of(make_user())
    questions.ask(owner=webinar, wanted=[wanted("No longer?", is_asked=False)])

    answer = client.post(f"{webinar.get_absolute_url()}register/")

    assert (answer.status_code, Registration.objects.get().state) == (302, State.REGISTERED)


def rows_of(*rows: dict[str, Any], before: int = 0) -> dict[str, Any]:
    """Return what the form of the questions sends."""
    data: dict[str, Any] = {"question-TOTAL_FORMS": len(rows), "question-INITIAL_FORMS": before}
    for number, row in enumerate(rows):
        base = {"kind": "short", "is_asked": "on"}
        data |= {f"question-{number}-{name}": value for name, value in (base | row).items()}
    return data


def test_organiser_writes_questions(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    first = {"text": "Used liens?", "kind": "yes_no", "is_required": "on"}
    second = {"text": "On what?", "kind": "several", "choices": "Land\n\nCars\nLand"}
    condition = {"shown_if": "1", "shown_if_answer": "Yes"}

    page = organiser_client.post(
        f"/manage/webinars/{webinar.slug}/questions/",
        rows_of(first, second | condition),
        follow=True,
    )

    assert "The questions are saved." in said(page)
    used, what = webinar.questions.order_by("position")
    assert (used.is_required, what.choices, what.shown_if) == (True, ["Land", "Cars"], used)


def test_rows_that_are_left_blank_are_no_questions(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    where = f"/manage/webinars/{webinar.slug}/questions/"

    for number, text in enumerate(("Used liens?", "Why?")):
        shown = fields_of(organiser_client.get(where))
        organiser_client.post(where, shown | {f"question-{number}-text": text})

    assert [str(one) for one in webinar.questions.order_by("position")] == ["Used liens?", "Why?"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": "Your full name"}, "The profile knows"),
        ({"text": "What is your e-mail address?"}, "The profile knows"),
        ({"text": "Agency:"}, "The profile knows"),
        ({"text": "Which?", "kind": "one", "choices": "Only"}, "Give at least two choices"),
        ({"text": "Why?", "shown_if": "1"}, "Say which answer it depends on."),
        (
            {"text": "Why?", "shown_if": "1", "shown_if_answer": "perhaps"},
            "That question has one of these answers: yes, no.",
        ),
        ({"text": "Why?", "shown_if": "2", "shown_if_answer": "yes"}, "stands before this one"),
    ],
)
def test_question_that_makes_no_sense_is_sent_back(organiser_client: Client, row, words: str):
    webinar = make_webinar(starts_at=SOON)

    page = organiser_client.post(
        f"/manage/webinars/{webinar.slug}/questions/",
        rows_of({"text": "Used liens?", "kind": "yes_no"}, row),
    )

    assert (words in said(page), webinar.questions.count()) == (True, 0)


def test_question_about_other_agencies_may_be_asked(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)

    organiser_client.post(
        f"/manage/webinars/{webinar.slug}/questions/",
        rows_of({"text": "Which agency would you like to hear from?"}),
    )

    assert webinar.questions.count() == 1


def test_organisers_read_the_answers_on_the_list_and_in_the_file(organiser_client: Client):
    webinar = make_webinar(starts_at=SOON)
    used, what, _ = ask(webinar)
    enter(webinar, make_user(name="Ann"), {used.pk: ["yes"], what.pk: ["Land", "Cars"]})

    page = said(organiser_client.get(f"/manage/webinars/{webinar.slug}/"))
    file = organiser_client.get(f"/manage/webinars/{webinar.slug}/registrations.csv")
    lines = file.content.decode().splitlines()

    assert "Have you used liens? yes On what? Land, Cars" in page
    assert lines[0].endswith("Access,Have you used liens?,On what?,Which cars?")
    assert lines[1].endswith(',,yes,"Land, Cars",')


def with_access(organiser: User, **fields: Any) -> Webinar:
    """Return a webinar for which somebody arranges access."""
    return make_webinar(starts_at=SOON, access_contact=organiser, **fields)


def test_access_is_asked_for_and_its_organiser_hears_of_it(organiser: User, postbox: Postbox):
    webinar, client = with_access(organiser), browser_of(make_user(name="Ann"))
    address = f"{webinar.get_absolute_url()}register/"

    bare = said(client.post(address, {"access": ["other"]}))
    client.post(address, {"access": ["asl", "other"], "access_note": "A pro-tactile one"})
    delivering.drain()

    assert "Say what you need." in bare
    [mail] = [one for one in postbox.received if one["To"] == organiser.email]
    assert mail["Subject"] == f"Access needed by Ann: {webinar.title}"
    assert "American Sign Language interpreter: A pro-tactile one" in words_of(mail)


def test_same_needs_tell_nobody_twice(organiser: User, now: datetime) -> None:
    place = make_registration(with_access(organiser))

    for minutes in (0, 1):
        then = now + timedelta(minutes=minutes)
        arranging.ask(place=place, needs={"cart": ""}, now=then)

    assert Notification.objects.filter(kind="webinars/access").count() == 1


def test_what_is_arranged_stays_so_until_it_changes(organiser: User, now: datetime) -> None:
    place = make_registration(with_access(organiser))
    arranging.ask(place=place, needs={"cart": ""}, now=now)
    arranging.arrange(need=AccessNeed.objects.get(), by=organiser, now=now, is_arranged=True)

    arranging.ask(place=place, needs={"cart": ""}, now=now)
    kept = AccessNeed.objects.get().state
    arranging.ask(place=place, needs={"cart": "In Spanish"}, now=now)

    assert (kept, AccessNeed.objects.get().state) == ("arranged", "open")


def test_person_is_told_once_how_everything_stands(organiser: User, postbox: Postbox) -> None:
    person = make_user(name="Ann")
    place = make_registration(with_access(organiser, title="Liens"), person)
    ago = datetime.now(UTC) - arranging.SLIP
    arranging.ask(place=place, needs={"asl": "", "cart": "", "other": "A quiet room"}, now=ago)
    captions, sign = (place.access_needs.get(kind=kind) for kind in ("cart", "asl"))

    for need, how in ((sign, "Lee Park signs, on the main picture."), (captions, "")):
        arranging.arrange(need=need, by=organiser, now=ago, is_arranged=True, how=how)
    delivering.drain()

    [mail] = [one for one in postbox.received if one["To"] == person.email]
    words = words_of(mail)
    assert mail["Subject"] == "What you need to take part: Liens"
    assert "interpreter: it is arranged. Lee Park signs, on the main picture." in words
    assert "(CART): it is arranged." in words
    assert "Something else (A quiet room): not arranged yet; we are on it." in words


def test_press_that_was_taken_back_tells_nobody(organiser: User, postbox: Postbox) -> None:
    place = make_registration(with_access(organiser))
    ago = datetime.now(UTC) - arranging.SLIP
    arranging.ask(place=place, needs={"asl": ""}, now=ago)
    need = place.access_needs.get()

    for is_arranged in (True, False):
        arranging.arrange(need=need, by=organiser, now=ago, is_arranged=is_arranged)
    delivering.drain()

    assert [one["To"] for one in postbox.received] == [organiser.email]


def test_person_hears_that_something_is_not_arranged_after_all(organiser: User, postbox: Postbox):
    place = make_registration(with_access(organiser))
    ago = datetime.now(UTC) - arranging.SLIP
    arranging.ask(place=place, needs={"asl": ""}, now=ago)

    for minutes, is_arranged in ((0, True), (-1, False)):
        need, then = place.access_needs.get(), ago + timedelta(minutes=minutes)
        arranging.arrange(need=need, by=organiser, now=then, is_arranged=is_arranged)
        delivering.drain()

    told = [words_of(one) for one in postbox.received if one["To"] == place.person.email]
    assert ["it is arranged" in words for words in told] == [True, False]


@pytest.mark.parametrize(
    "fields", [{"access_hours": 24 * 30}, {"access_contact": None}], ids=["late", "nobody"]
)
def test_access_is_not_asked_for_in_vain(organiser: User, fields: dict[str, Any]) -> None:
    webinar = make_webinar(starts_at=SOON, **{"access_contact": organiser} | fields)
    ask(webinar)

    page = said(browser_of(make_user()).get(f"{webinar.get_absolute_url()}register/"))

    assert "What you need to take part" not in page


def test_organiser_sees_what_is_to_be_arranged_and_says_when_it_is(
    organiser_client: Client, organiser: User
) -> None:
    webinar = with_access(organiser)
    place = make_registration(webinar, make_user(name="Ann"))
    gone = make_registration(webinar, make_user(name="Gil"))
    for one in (place, gone):
        arranging.ask(place=one, needs={"asl": ""}, now=datetime.now(UTC))
    registration.cancel(webinar=webinar, person=gone.person, now=datetime.now(UTC))
    address = f"/manage/webinars/{webinar.slug}/access/"
    need = place.access_needs.get()

    listed = said(organiser_client.get(address))
    long = organiser_client.post(address, {"need": need.pk, "arranged": "yes", "how": "x" * 501})
    sent = {"need": need.pk, "arranged": "yes", "how": "Lee Park signs."}
    done = said(organiser_client.post(address, sent, follow=True))

    assert ("at most 500" in said(long), b"xxxxx" in long.content) == (True, True)
    assert ("Ann" in listed, "Gil" in listed, "To be arranged" in listed) == (True, False, True)
    assert "Arranged Olive Organiser Lee Park signs." in done
    assert "Ann is told by e-mail in five minutes" in done


@pytest.mark.parametrize("number", [1, 3])
def test_access_page_asks_no_more_with_more_needs(
    number: int, organiser: User, organiser_client: Client, django_assert_num_queries
) -> None:
    webinar = with_access(organiser)
    for _ in range(number):
        place = make_registration(webinar)
        arranging.ask(place=place, needs={"asl": "", "cart": ""}, now=datetime.now(UTC))

    with django_assert_num_queries(5):
        organiser_client.get(f"/manage/webinars/{webinar.slug}/access/")
