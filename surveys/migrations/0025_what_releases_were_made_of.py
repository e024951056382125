"""Note of each release what it was made of, shown or hidden, as far as can still be told.

What shown figures count is known. Of other questions it is what the agencies that the release
counts had answered when it was published.
"""

from django.db import migrations

COUNTED = """
    INSERT INTO surveys_release_counted (release_id, answerrevision_id)
    SELECT DISTINCT f.release_id, c.answerrevision_id
    FROM surveys_figure f JOIN surveys_figure_counted c ON c.figure_id = f.id;
"""
HIDDEN = """
    WITH known AS (
        SELECT c.release_id, v.response_id, v.question_id
        FROM surveys_release_counted c
        JOIN surveys_answerrevision v ON v.id = c.answerrevision_id
    ), newest AS (
        SELECT DISTINCT ON (r.id, v.response_id, v.question_id) r.id AS release_id, v.*
        FROM surveys_release r
        JOIN (SELECT DISTINCT release_id, response_id FROM known) k ON k.release_id = r.id
        JOIN surveys_response s ON s.id = k.response_id AND s.wave_id = r.wave_id
        JOIN surveys_answer a ON a.response_id = s.id AND a.applies
        JOIN surveys_question q ON q.id = a.question_id AND q.type IN (
            'single_choice', 'multiple_choice', 'yes_no_in_progress', 'scale', 'matrix',
            'number', 'percentage', 'currency')
        JOIN surveys_answerrevision v ON v.response_id = s.id AND v.question_id = q.id
            AND v.changed_at <= r.published_at
        ORDER BY r.id, v.response_id, v.question_id, v.revision DESC
    )
    INSERT INTO surveys_release_counted (release_id, answerrevision_id)
    SELECT n.release_id, (
        SELECT v.id FROM surveys_answerrevision v
        WHERE v.response_id = n.response_id AND v.question_id = n.question_id
            AND v.revision <= n.revision AND v.revision > coalesce((
                SELECT max(o.revision) FROM surveys_answerrevision o
                WHERE o.response_id = n.response_id AND o.question_id = n.question_id
                    AND o.revision < n.revision
                    AND (o.value, o.not_reported) IS DISTINCT FROM (n.value, n.not_reported)
            ), 0)
        ORDER BY v.revision LIMIT 1)
    FROM newest n
    WHERE n.value IS NOT NULL AND n.not_reported = '' AND n.sharing <> 'organisers'
        AND NOT EXISTS (
            SELECT 1 FROM known k WHERE k.release_id = n.release_id
                AND k.response_id = n.response_id AND k.question_id = n.question_id);
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0024_release_basis")]

    operations = [
        migrations.RunSQL(
            sql=[COUNTED, HIDDEN], reverse_sql="DELETE FROM surveys_release_counted;"
        ),
    ]
