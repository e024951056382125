from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_erase_finished_contexts'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'claimed', 'sending']), ('context', {}), _connector='OR'), name='finished_message_keeps_no_secrets'),
        ),
    ]
