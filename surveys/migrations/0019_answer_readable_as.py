"""Who may read an answer in the end, beside the level that its agency chose."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0018_answer_flags_db_default"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="readable_as",
            field=models.CharField(choices=[("organisers", "Organizers only"), ("counted", "Counted in totals only"), ("members", "Named to fellow agencies"), ("public", "Public")], db_default="organisers", editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name="question",
            name="rests_on",
            field=models.ManyToManyField(editable=False, related_name="follow_ups", to="surveys.question"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("readable_as__in", ["organisers"]), ("sharing", "organisers")), models.Q(("readable_as__in", ["counted", "organisers"]), ("sharing", "counted")), models.Q(("readable_as__in", ["members", "counted", "organisers"]), ("sharing", "members")), models.Q(("readable_as__in", ["public", "members", "counted", "organisers"]), ("sharing", "public")), _connector="OR"), name="answer_read_as_chosen_or_narrower"),
        ),
    ]
