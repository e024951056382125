"""Findings learn from an index alone whose answers may be read, and which were withdrawn."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False  # agencies answer meanwhile

    dependencies = [("surveys", "0021_narrow_follow_ups")]

    operations = [
        AddIndexConcurrently(
            model_name="answer",
            index=models.Index(
                fields=["response"], include=["readable_as", "applies"], name="answer_covered"
            ),
        ),
        AddIndexConcurrently(
            model_name="answer",
            index=models.Index(
                fields=["response"],
                condition=Q(readable_as="organisers") & ~Q(sharing="organisers"),
                name="answer_withdrawn_along",
            ),
        ),
    ]
