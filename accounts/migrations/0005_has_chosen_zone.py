from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_links_issue")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="has_chosen_zone",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
