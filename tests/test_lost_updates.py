"""Two people edit the same words, or a sign-in ends meanwhile: nothing that was typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import concurrency
from accounts.models import User
from records import recording
from records.models import Recording, Segment
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_question,
    make_resource,
    make_series,
    make_session,
    make_survey,
    make_topic,
    make_user,
    make_webinar,
    midday,
)
from tests.files import pdf
from tests.threads import overtaking
from tests.webinars.test_manage import errors_of, fields_of
from webinars import presenting, speaker_links
from webinars.models import Presenter, RegistrationQuestion
from webinars.presenting import Answer, Speaker

Made = tuple[Any, str, str, str]  # a row, its form's address, and a field of each


def typed_in(page: Any) -> dict[str, Any]:
    """Return what the page's form shows, without the buttons that do something else."""
    buttons = {"act", "publish", "another", "to", "of"}
    return {name: text for name, text in fields_of(page).items() if name not in buttons}


def _community() -> Made:
    row = make_community(slug="circle")
    return row, "/manage/communities/circle/edit/", "summary", "summary"


def _profile() -> Made:
    row = make_agency(slug="alder")
    return row, "/my/agency/alder/edit/", "about", "about"


def _notes() -> Made:
    row = make_agency(slug="alder")
    return row, "/manage/agencies/alder/notes/", "note", "note"


def _resource() -> Made:
    row = make_resource()
    return row, f"/manage/resources/{row.uid}/", "title", "title"


def _survey() -> Made:
    row = make_survey()
    return row, f"{row.get_absolute_url()}edit/", "introduction", "introduction"


def _section() -> Made:
    survey = make_survey()
    row = survey.sections.create(key="basics", title="Basics", position=1)
    return row, f"{survey.get_absolute_url()}sections/basics/", "description", "description"


def _question() -> Made:
    row = make_question(key="liens")
    return row, f"{row.survey.get_absolute_url()}questions/liens/", "label", "label"


class _Words:
    """What hangs on a row and stands in a form of its own."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.read = read
        self.refresh_from_db()

    def refresh_from_db(self) -> None:
        """Read it anew."""
        self.words = self.read()


def _synonyms() -> Made:
    topic = make_topic(slug="bonds")
    words = _Words(lambda: " ".join(map(str, topic.synonyms.all())))
    return words, "/manage/topics/bonds/", "synonyms", "words"


def _webinar() -> Made:
    row = make_webinar(slug="bonds", starts_at=midday(9))
    return row, "/manage/webinars/bonds/edit/", "summary", "summary"


def _session() -> Made:
    row = make_session(starts_at=midday(9))
    return row, f"/manage/sessions/{row.slug}/edit/", "summary", "summary"


def _series() -> Made:
    row = make_series(slug="bonds")
    return row, "/manage/series/bonds/edit/", "summary", "summary"


def _mailing() -> Made:
    said = {"audience": "seated", "subject": "Come", "text": "Come"}
    row = make_webinar(starts_at=midday(9)).mailings.create(**said)
    return row, f"{row.get_absolute_url()}edit/", "text", "text"


def _speakers() -> Made:
    webinar = make_webinar(slug="bonds", starts_at=midday(9))
    row = webinar.presenters.create(name="Ann", biography="Has none.")
    words = _Words(lambda: webinar.presenters.get().biography)
    return words, f"/manage/webinars/{row.webinar.slug}/speakers/", "speaker-0-biography", "words"


def _questions() -> Made:
    webinar = make_webinar(slug="bonds", starts_at=midday(9))
    asked = {"text": "Why?", "position": 1, "kind": "text"}
    row = webinar.questions.create(**asked)
    return row, "/manage/webinars/bonds/questions/", "question-0-text", "text"


def _transcript() -> Made:
    webinar = make_webinar(slug="bonds", starts_at=NOW)
    recording.put(webinar=webinar, link="https://v.example/1", upload=None, audience="webinar")
    recording.transcribe(webinar=webinar, text="Hello.")
    words = _Words(lambda: " ".join(Segment.objects.values_list("text", flat=True)))
    return words, "/manage/webinars/bonds/recording/transcript/", "transcript", "words"


def _chapters() -> Made:
    _, address, _, _ = _transcript()
    words = _Words(lambda: str(Recording.objects.get().chapters))
    return words, address.replace("transcript", "chapters"), "chapters", "words"


def _attendance() -> Made:
    webinar = make_webinar(slug="bonds", starts_at=NOW - timedelta(days=1))
    row = webinar.attendances.create(person=make_user())
    return row, f"/manage/webinars/bonds/attendance/{row.pk}/", "reason", "reason"


MAKERS = (
    *(_community, _profile, _notes, _resource, _survey, _section, _question, _synonyms, _webinar),
    *(_session, _series, _mailing, _speakers, _questions, _transcript),
)


@pytest.mark.parametrize("make", MAKERS)
def test_nobody_writes_over_a_colleague_unasked(
    organiser_client: Client, make: Callable[[], Made]
) -> None:
    row, address, field, name = make()
    mine = typed_in(organiser_client.get(address)) | {field: "Mine"}
    organiser_client.post(address, typed_in(organiser_client.get(address)) | {field: "Theirs"})

    refused = organiser_client.post(address, mine)
    row.refresh_from_db()
    kept, again = getattr(row, name), typed_in(refused)
    organiser_client.post(address, again)

    row.refresh_from_db()
    assert (kept, again[field], getattr(row, name)) == ("Theirs", "Mine", "Mine")


@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (_speakers, {"speaker-1-name": "Bob", "speaker-1-biography": "One.\r\nTwo."}),
        (_questions, {"question-1-text": "Which?", "question-1-choices": "No\r\n\r\nYes"}),
        (_transcript, {"transcript": "One  line.\r\n\r\n\r\nTwo."}),
        (_chapters, {"chapters": "0:10 - Liens\r\n\r\n4:10 Bonds"}),
        (_synonyms, {"synonyms": "wages\r\nbonds\r\nwages"}),
        (_attendance, {"came": "no", "minutes": "7", "reason": "Left."}),
    ],
)
def test_second_press_is_no_colleague(
    organiser_client: Client, make: Callable[[], Made], sent: dict[str, str]
) -> None:
    _, address, _, _ = make()
    mine = typed_in(organiser_client.get(address)) | sent
    if "question-1-text" in sent:
        mine["question-1-kind"] = "one"

    answers, rows = [], []
    for _ in range(2):
        answers.append(organiser_client.post(address, mine).status_code)
        asked = RegistrationQuestion.objects.values_list("pk", "choices")
        rows.append([*Presenter.objects.values_list("pk", "key"), *asked])

    assert answers == [302, 302]
    assert rows[0] == rows[1]  # the link that was mailed opens


@pytest.mark.parametrize(
    ("make", "prefix", "name"), [(_speakers, "speaker", "name"), (_questions, "question", "text")]
)
def test_row_that_a_colleague_adds_is_replaced_knowingly(
    organiser_client: Client, make: Callable[[], Made], prefix: str, name: str
) -> None:
    _, address, _, _ = make()
    shown = typed_in(organiser_client.get(address))
    first, second = f"{prefix}-0-{name}", f"{prefix}-1-{name}"
    organiser_client.post(address, shown | {second: "Theirs"})

    same = organiser_client.post(address, shown)  # which would take theirs away
    refused = organiser_client.post(address, shown | {first: "Mine"})
    there = typed_in(organiser_client.get(address))
    organiser_client.post(address, typed_in(refused))

    assert [len(errors_of(page)) for page in (same, refused)] == [1, 1]
    assert (there[first], there[second]) == (shown[first], "Theirs")
    kept = typed_in(organiser_client.get(address))
    assert (kept[first], kept[second]) == ("Mine", "")


@pytest.mark.parametrize("make", MAKERS)
def test_what_was_typed_is_shown_again_after_signing_in(
    organiser: User, organiser_client: Client, make: Callable[[], Made]
) -> None:
    row, address, field, name = make()
    typed = typed_in(organiser_client.get(address)) | {field: "Typed long"}
    before = getattr(row, name)
    organiser_client.logout()

    sent = organiser_client.post(address, typed)
    organiser_client.force_login(organiser)
    shown = typed_in(organiser_client.get(address))

    row.refresh_from_db()
    assert sent.headers["Location"].startswith("/accounts/login/")
    assert (shown[field], getattr(row, name)) == ("Typed long", before)
    assert typed_in(organiser_client.get(address))[field] == before  # once


def test_what_was_typed_is_for_nobody_else(organiser_client: Client) -> None:
    _, address, field, _ = _community()
    typed = typed_in(organiser_client.get(address)) | {field: "Mine alone"}
    organiser_client.logout()

    organiser_client.post(address, typed)
    organiser_client.force_login(make_user(is_organiser=True))

    assert typed_in(organiser_client.get(address))[field] == ""


@pytest.mark.parametrize(
    ("address", "field", "theirs", "mine"),
    [
        ("/manage/webinars/bonds/rules/", "closes_hours", "2", "3"),
        ("/manage/webinars/bonds/attendance/rule/", "needed", "10", "20"),
    ],
)
def test_settings_are_not_written_over_either(
    organiser_client: Client, address: str, field: str, theirs: str, mine: str
) -> None:
    make_webinar(slug="bonds", starts_at=NOW)
    chosen = {"audience": "everybody", "approval": "nobody"}
    shown = typed_in(organiser_client.get(address)) | chosen
    organiser_client.post(address, shown | {field: theirs})

    refused = organiser_client.post(address, shown | {field: mine})

    assert typed_in(organiser_client.get(address))[field] == theirs
    assert organiser_client.post(address, typed_in(refused) | chosen).status_code == 302
    assert typed_in(organiser_client.get(address))[field] == mine


def test_unticked_reminders_are_not_put_back_by_an_old_tab(organiser_client: Client) -> None:
    webinar = make_webinar(slug="bonds", starts_at=midday(9), reminders=["1d", "1h"])
    address = "/manage/webinars/bonds/reminders/"
    seen = typed_in(organiser_client.get(address))["seen"]
    organiser_client.post(address, {"seen": seen})

    refused = organiser_client.post(address, {"seen": seen, "reminders": ["1d"]})

    webinar.refresh_from_db()
    assert (refused.status_code, webinar.reminders) == (200, [])


def test_file_that_takes_anothers_place_is_a_change_and_leaves_each_version_once(
    organiser_client: Client,
) -> None:
    row, address, _, _ = _resource()
    shown = {**typed_in(organiser_client.get(address)), "link": ""}

    def put(content: bytes, seen: dict[str, Any]) -> Any:
        file = SimpleUploadedFile("notes.txt", content)
        return organiser_client.post(address, seen | {"file": file})

    put(b"First", shown)
    again = {**typed_in(organiser_client.get(address)), "link": ""}
    answers = [put(b"Theirs", again), put(b"Mine", again), put(b"Theirs", again)]

    row.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 200, 302]
    versions = row.versions.exclude(file="").order_by("pk")
    kept = [Path(one.file.path).read_bytes() for one in (row, *versions)]
    assert kept == [b"Theirs", b"First"]


def test_speaker_and_organizer_do_not_write_over_each_other(client: Client) -> None:
    presenter = make_webinar(starts_at=midday(9)).presenters.create(name="Ann", biography="First")
    address = speaker_links.url(presenter).removeprefix(settings.SITE_URL)
    shown = typed_in(client.get(address))
    Presenter.objects.update(biography="Theirs")

    refused = client.post(address, shown | {"biography": "Mine"})
    presenter.refresh_from_db()
    kept, again = presenter.biography, typed_in(refused)
    client.post(address, again)

    presenter.refresh_from_db()
    assert (kept, presenter.biography) == ("Theirs", "Mine")


def test_second_press_of_a_speakers_slides_is_no_colleague(client: Client) -> None:
    presenter = make_webinar(starts_at=midday(9)).presenters.create(name="Ann")
    address = speaker_links.url(presenter).removeprefix(settings.SITE_URL)
    mine = typed_in(client.get(address)) | {"biography": "Mine"}

    for _ in range(2):
        page = client.post(address, mine | {"file": SimpleUploadedFile("a.pdf", pdf("slides"))})

    assert errors_of(page) == []


def sent_at_once(client: Client, made: Made) -> tuple[tuple[int, int], str]:
    """Send the second before the first is kept; return the answers, and what stands then."""
    row, address, field, name = made
    shown = typed_in(client.get(address)) | {"came": "no"}

    def sends(text: str) -> Callable[[], int]:
        return lambda: client.post(address, shown | {field: text}).status_code

    answers = overtaking(sends("Theirs"), sends("Mine"))
    row.refresh_from_db()
    return answers, getattr(row, name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [_synonyms, _speakers, _attendance])
def test_who_sends_at_once_is_told_too(organiser_client: Client, make: Callable[[], Made]) -> None:
    assert sent_at_once(organiser_client, make()) == ((302, 200), "Theirs")


@pytest.mark.django_db(transaction=True)
def test_without_turns_the_second_writes_over_the_first(
    organiser_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(concurrency, "_await_turn", lambda name: None)

    assert sent_at_once(organiser_client, _attendance()) == ((302, 302), "Mine")


@pytest.mark.django_db(transaction=True)
def test_what_a_speaker_answers_at_once_stays() -> None:
    webinar = make_webinar(starts_at=midday(9))
    ann = webinar.presenters.create(name="Ann")
    said = Answer(True, True, True, "", "")
    named = [Speaker(ann.pk, "Anna", "", None, "", "")]

    overtaking(
        lambda: presenting.answer(presenter=ann, answer=said, now=NOW),
        lambda: presenting.present(webinar=webinar, speakers=named, now=NOW),
    )

    ann.refresh_from_db()
    assert (ann.name, ann.consent, ann.slides_at) == ("Anna", "given", NOW)
