"""Say of the files that were handed in before that they were."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q


def mark(apps, schema_editor):
    """Mark files of what is handed in, or was when it was opened again, where they apply."""
    AnswerFile = apps.get_model("surveys", "AnswerFile")
    Reopening = apps.get_model("surveys", "Reopening")
    Answer = apps.get_model("surveys", "Answer")
    then = Reopening.objects.filter(
        response=OuterRef("response"), handed_in_at__gte=OuterRef("added_at")
    )
    hidden = Answer.objects.filter(
        response=OuterRef("response"), question=OuterRef("question"), applies=False
    )
    now = Q(response__state="submitted", response__submitted_at__gte=F("added_at"))
    found = AnswerFile.objects.filter(now | Exists(then)).exclude(Exists(hidden))
    AnswerFile.objects.filter(pk__in=found.values("pk")).update(was_submitted=True)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_answer_file_was_submitted")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
