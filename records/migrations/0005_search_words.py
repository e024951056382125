"""Cut what was said into words as a search does.

The column and the index of before stay for the release before this one, which still reads them.
"""

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations
from django.db.models import F, Func, GeneratedField, TextField


def vector(field: str, weight: str | None = None) -> SearchVector:
    text = Func(F(field), function="ciwo_words", output_field=TextField())
    return SearchVector(text, weight=weight, config="ciwo_english")


class Migration(migrations.Migration):
    dependencies = [("library", "0008_search_words"), ("records", "0004_pulse")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("segment", "segment_search"),
                migrations.RemoveField("segment", "search"),
            ]
        ),
        migrations.AddField(
            model_name="segment",
            name="search",
            field=GeneratedField(
                expression=vector("text"),
                output_field=SearchVectorField(),
                db_persist=True,
                db_column="search_words",
            ),
        ),
    ]
