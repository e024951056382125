from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webinars', '0008_questions_and_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='accessneed',
            name='how',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
    ]
