"""Answers that were given already: follow-ups are read no more widely than what they tell.

Levels that agencies chose, revisions and answers stay as they are.
"""

from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import migrations, transaction


READ_AS = """
    UPDATE surveys_answer SET readable_as = sharing
    WHERE response_id = %s
        AND readable_as <> surveys_readable_as(response_id, question_id, sharing)
"""


def read_as_they_should(apps: Any, schema_editor: Any) -> None:
    """Settle each response by itself, so that agencies go on saving meanwhile; again does no harm."""
    responses = apps.get_model("surveys", "Response").objects.values_list("pk", flat=True)
    with schema_editor.connection.cursor() as cursor:
        for response in responses.order_by("pk"):
            cursor.execute(READ_AS, [response])


def forget_pages(apps: Any, schema_editor: Any) -> None:
    """Show visitors no page that was kept before; without a cache none is kept for long."""
    transaction.on_commit(lambda: cache.set("visitor-pages-issue", uuid4().hex, None), robust=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0020_readable_as_is_kept")]

    operations = [
        migrations.RunSQL(
            sql="SELECT surveys_settle_rests_on(id) FROM surveys_survey",
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.RunPython(read_as_they_should, migrations.RunPython.noop),
        migrations.RunPython(forget_pages, migrations.RunPython.noop),
    ]
