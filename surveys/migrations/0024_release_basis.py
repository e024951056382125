import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0023_withdrawal")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="counted",
            field=models.ManyToManyField(related_name="+", to="surveys.answerrevision"),
        ),
        migrations.AddField(
            model_name="figure",
            name="as_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="surveys.release",
            ),
        ),
    ]
