"""Say when sessions were announced of which it is evident that they were."""

from datetime import UTC, datetime, time

from django.db import migrations
from django.db.models import Min


def fill(apps, schema_editor):
    """Take the earliest trace that people knew of it; nothing is invented for drafts.

    A session that is published was announced. One that was called off was, if somebody was invited.
    Where only the day is known, as in the past programme, everybody knew by the day itself.
    """
    PracticeSession = apps.get_model("practice_sessions", "PracticeSession")
    PracticeSession.objects.filter(state="draft").update(published_at=None)
    unsaid = PracticeSession.objects.filter(published_at=None).exclude(state="draft")
    for session in unsaid.annotate(invited_at=Min("invitations__invited_at")):
        traces = [session.invited_at] if session.invited_at else []
        if session.state == "published":
            day = datetime.combine(session.held_on, time(), UTC)
            traces += [session.changed_at, session.starts_at] if session.starts_at else [day]
        if traces:
            PracticeSession.objects.filter(pk=session.pk).update(published_at=min(traces))


class Migration(migrations.Migration):
    dependencies = [("practice_sessions", "0004_agendaitem_who_default")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
