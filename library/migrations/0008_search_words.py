"""One rule for where a word ends, for all that is kept and all that is searched for.

Postgres' own parser reads "COVID-19" as "covid" and minus 19, and "wage/hour" as a file's path.
Signs become blanks, and so does the border between letters and digits: AB-5, AB 5 and AB5.
"""

from django.db import migrations

SIGNS = r"""!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~""" + "‐‑‒–—―‘’‚“”„…•·§«»\u00a0"


class Migration(migrations.Migration):
    dependencies = [("library", "0007_resource_is_unannounced")]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION ciwo_words(text) RETURNS text
              LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
              RETURN regexp_replace(
                translate($1, '{SIGNS.replace("'", "''")}', repeat(' ', {len(SIGNS)})),
                '([A-Za-z])(?=[0-9])|([0-9])(?=[A-Za-z])', '\\1\\2 ', 'g'
              );
            """,
            "DROP FUNCTION ciwo_words(text);",
        ),
    ]
