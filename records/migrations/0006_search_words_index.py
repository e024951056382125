"""Find by the words as they are cut now."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # people use them meanwhile

    dependencies = [("records", "0005_search_words")]

    operations = [
        AddIndexConcurrently(
            model_name="segment",
            index=GinIndex(fields=["search"], name="segment_search_words"),
        ),
    ]
