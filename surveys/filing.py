"""Put the sections of a survey under topics, whose pages then show what agencies answered."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts import visitors
from library.models import Topic
from surveys.models import Section, Survey


def put(*, section: Section, slugs: Collection[Any]) -> None:
    """Put a section under the topics of these slugs; what is no topic is passed over."""
    wanted = [slug for slug in slugs if isinstance(slug, str)]
    if wanted:
        section.topics.set(Topic.objects.filter(slug__in=wanted))


@transaction.atomic
def refile(*, survey: Survey, topics: Mapping[str, Collection[Topic]]) -> None:
    """Put each section, by its key, under just these topics; also after fielding."""
    for section in survey.sections.filter(key__in=topics):
        section.topics.set(topics[section.key])
    visitors.forget_pages()
