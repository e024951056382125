"""Who is registered for a webinar, as a table to take along."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.permissions import is_organiser
from jobs import kinds
from jobs.kinds import Made, Order, Progress
from library.sheets import csv_content
from webinars import questions
from webinars.filters import RegistrationFilter
from webinars.models import Registration, RegistrationQuerySet, RegistrationQuestion, Webinar

FEW = 1000  # registrations, which are written out within a second
KIND = "webinars/people"
CHUNK = 500  # rows that are read at once
FILTERS = ("q", "state", "agency")


def filtered(webinar: Webinar, said: Mapping[str, Any]) -> RegistrationQuerySet:
    """Return the registrations that the page shows for these words."""
    places = questions.with_answers(webinar.registrations.by_name())
    rows: RegistrationQuerySet = RegistrationFilter(said, places).qs
    return rows


def is_large(rows: RegistrationQuerySet) -> bool:
    """Whether there are so many that the worker makes the table."""
    return rows.count() > FEW


def order(webinar: Webinar, said: Mapping[str, Any]) -> Order:
    """Return what the worker is asked to make."""
    about = {"webinar": webinar.pk, "filter": {name: said.get(name, "") for name in FILTERS}}
    title = _("Registrations: %s") % webinar.title
    return Order(KIND, about, title, reverse("webinars:manage-detail", args=[webinar.slug]))


def lines(webinar: Webinar, rows: RegistrationQuerySet) -> Iterator[list[object]]:
    """Yield the heading, then a line for each registration."""
    header = [_("Name"), _("E-mail"), _("Agency"), _("Place"), _("Since (UTC)"), _("Attended")]
    asked = list(webinar.questions.order_by("position", "pk"))
    yield [*header, _("Access"), *(question.text for question in asked)]
    for place in rows.iterator(chunk_size=CHUNK):
        yield [*_row(place), *_answers(place, asked)]


def _row(place: Registration) -> list[object]:
    person: Any = place.person
    return [
        person.name,
        person.email,
        "; ".join(str(one.agency) for one in person.agency_places),
        place.get_state_display(),
        f"{place.joined_at:%Y-%m-%d %H:%M}",
        {True: _("yes"), False: _("no"), None: ""}[place.attended],
    ]


def _answers(place: Registration, asked: list[RegistrationQuestion]) -> list[str]:
    """Return what somebody needs, and the answer to each of the questions."""
    given = {answer.question_id: str(answer) for answer in place.answers.all()}
    needs = "; ".join(map(str, place.access_needs.all()))
    return [needs, *(given.get(question.pk, "") for question in asked)]


def _make(person: User, about: dict[str, Any], progress: Progress) -> Made:
    webinar = Webinar.objects.visible_to(person).get(pk=about["webinar"])
    rows = filtered(webinar, about["filter"])
    total, table = rows.count(), []
    for number, line in enumerate(lines(webinar, rows)):
        progress(number, total)
        table.append(line)
    content = csv_content(table[0], table[1:])
    return Made(_("The table is ready."), content, f"{webinar.slug}-registrations.csv")


def _may_have(person: User, about: dict[str, Any]) -> bool:
    seen = Webinar.objects.visible_to(person).filter(pk=about["webinar"])
    return is_organiser(person) and seen.exists()


kinds.register(kinds.Kind(KIND, _make, _may_have))
