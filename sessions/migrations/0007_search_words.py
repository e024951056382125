"""Cut sessions' texts into words as a search does.

The column and the index of before stay for the release before this one, which still reads them.
"""

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations
from django.db.models import F, Func, GeneratedField, TextField


def vector(field: str, weight: str | None = None) -> SearchVector:
    text = Func(F(field), function="ciwo_words", output_field=TextField())
    return SearchVector(text, weight=weight, config="ciwo_english")


class Migration(migrations.Migration):
    dependencies = [("library", "0008_search_words"), ("practice_sessions", "0006_published_at_once_announced")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("practicesession", "practicesession_search"),
                migrations.RemoveField("practicesession", "search"),
                migrations.RemoveIndex("practicesession", "practicesession_public_search"),
                migrations.RemoveField("practicesession", "public_search"),
            ]
        ),
        migrations.AddField(
            model_name="practicesession",
            name="search",
            field=GeneratedField(
                expression=vector("title", weight="A")
                + vector("summary", weight="B")
                + vector("description", weight="C"),
                output_field=SearchVectorField(),
                db_persist=True,
                db_column="search_words",
            ),
        ),
        migrations.AddField(
            model_name="practicesession",
            name="public_search",
            field=GeneratedField(
                expression=vector("title", weight="A") + vector("summary", weight="B"),
                output_field=SearchVectorField(),
                db_persist=True,
                db_column="public_search_words",
            ),
        ),
    ]
