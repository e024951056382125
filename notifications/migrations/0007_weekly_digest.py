from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_wording_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notification',
            name='finished_message_keeps_no_secrets',
        ),
        migrations.AddField(
            model_name='preference',
            name='pace',
            field=models.CharField(choices=[('now', 'At once'), ('weekly', 'Once a week'), ('off', 'Not at all')], default='now', max_length=6),
        ),
        migrations.RunSQL(
            "UPDATE notifications_preference SET pace = 'off' WHERE is_off",
            "UPDATE notifications_preference SET is_off = true WHERE pace = 'off'",
        ),
        migrations.RemoveField(
            model_name='preference',
            name='is_off',
        ),
        migrations.AlterField(
            model_name='notification',
            name='state',
            field=models.CharField(choices=[('pending', 'Waiting'), ('held', 'Waiting for the weekly digest'), ('claimed', 'Being prepared'), ('sending', 'On the wire'), ('sent', 'Sent'), ('cancelled', 'Withdrawn'), ('superseded', 'Replaced by a later one'), ('expired', 'Too late to be of use'), ('suppressed', 'Not wanted or not deliverable'), ('failed', 'Refused by the mail server'), ('parked', 'Set aside after repeated faults')], default='pending', max_length=10),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['recipient', 'due_at'], name='notification_held'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'held', 'claimed', 'sending']), ('context', {}), _connector='OR'), name='finished_message_keeps_no_secrets'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pace', 'weekly'), _negated=True), ('category__in', ['surveys', 'news']), _connector='OR'), name='only_what_can_wait_comes_weekly'),
        ),
    ]
