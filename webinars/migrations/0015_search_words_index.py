"""Find by the words as they are cut now."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # people use them meanwhile

    dependencies = [("webinars", "0014_search_words")]

    operations = [
        AddIndexConcurrently(
            model_name="webinar",
            index=GinIndex(fields=["search"], name="webinar_search_words"),
        ),
    ]
