"""Find by the words as they are cut now."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # people use them meanwhile

    dependencies = [("practice_sessions", "0007_search_words")]

    operations = [
        AddIndexConcurrently(
            model_name="practicesession",
            index=GinIndex(fields=["search"], name="practicesession_search_words"),
        ),
        AddIndexConcurrently(
            model_name="practicesession",
            index=GinIndex(fields=["public_search"], name="session_public_search_words"),
        ),
    ]
