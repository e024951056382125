"""Where tries are counted while Redis is away: the table of the cache named "limits"."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE TABLE accounts_limits (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamptz NOT NULL
                );
                CREATE INDEX accounts_limits_expires ON accounts_limits (expires);
            """,
            reverse_sql="DROP TABLE accounts_limits",
        ),
    ]
