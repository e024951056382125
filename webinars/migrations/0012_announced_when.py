"""Say when webinars were announced of which it is evident that they were."""

from datetime import UTC, datetime, time

from django.db import migrations
from django.db.models import Min


def fill(apps, schema_editor):
    """Take the earliest trace that people knew of it; nothing is invented for drafts.

    A webinar that is published was announced. One that was called off was, if somebody had a place
    or was asked to take a seat. Where only the day is known, as in the past programme, everybody
    knew by the day itself.
    """
    Webinar = apps.get_model("webinars", "Webinar")
    Webinar.objects.filter(state="draft").update(published_at=None)
    unsaid = Webinar.objects.filter(published_at=None).exclude(state="draft").annotate(
        joined_at=Min("registrations__joined_at"), asked_at=Min("offers__made_at")
    )
    for webinar in unsaid:
        traces = [one for one in (webinar.joined_at, webinar.asked_at) if one]
        if webinar.state == "published":
            day = datetime.combine(webinar.held_on, time(), UTC)
            traces += [webinar.changed_at, webinar.starts_at] if webinar.starts_at else [day]
        if traces:
            Webinar.objects.filter(pk=webinar.pk).update(published_at=min(traces))


class Migration(migrations.Migration):
    dependencies = [("webinars", "0011_reminders_db_default")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
