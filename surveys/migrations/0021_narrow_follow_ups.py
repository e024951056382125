"""Answers that were given already: follow-ups are read no more widely than what they tell.

Levels that agencies chose, revisions and answers stay as they are.
"""

from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import migrations, transaction


def forget_pages(apps: Any, schema_editor: Any) -> None:
    """Show visitors no page that was kept before; without a cache none is kept for long."""
    transaction.on_commit(lambda: cache.set("visitor-pages-issue", uuid4().hex, None), robust=True)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0020_readable_as_is_kept")]

    operations = [
        migrations.RunSQL(
            sql="""
                SELECT surveys_settle_rests_on(id) FROM surveys_survey;
                UPDATE surveys_answer SET readable_as = sharing;
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.RunPython(forget_pages, migrations.RunPython.noop),
    ]
