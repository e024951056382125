"""Note of each release what it was made of, shown or hidden, as far as can still be told.

What shown figures count is known. Of other questions it is what agencies had answered that had
handed in when it was published; of the wave before, those that had in both.
"""

from django.db import migrations

COUNTED = """
    INSERT INTO surveys_release_counted (release_id, answerrevision_id)
    SELECT DISTINCT f.release_id, c.answerrevision_id
    FROM surveys_figure f JOIN surveys_figure_counted c ON c.figure_id = f.id;
"""
# A follow-up whose agency keeps what it tells was read by nobody, and is counted no more.
HIDDEN = """
    WITH known AS (
        SELECT c.release_id, v.response_id, v.question_id
        FROM surveys_release_counted c
        JOIN surveys_answerrevision v ON v.id = c.answerrevision_id
    ), handed_in AS (
        SELECT r.id AS release_id, r.published_at, s.id AS response_id, s.agency_id,
            s.wave_id = r.wave_id AS is_own
        FROM surveys_release r
        JOIN surveys_response s ON s.wave_id IN (r.wave_id, r.earlier_id)
        WHERE s.submitted_at <= r.published_at
            OR EXISTS (
                SELECT 1 FROM surveys_reopening o WHERE o.response_id = s.id
                    AND o.handed_in_at <= r.published_at AND o.reopened_at > r.published_at)
            OR EXISTS (
                SELECT 1 FROM known k WHERE k.release_id = r.id AND k.response_id = s.id)
    ), newest AS (
        SELECT DISTINCT ON (h.release_id, v.response_id, v.question_id) h.release_id, v.*
        FROM handed_in h
        JOIN surveys_answer a ON a.response_id = h.response_id AND a.applies
            AND (a.readable_as <> 'organisers' OR a.sharing = 'organisers')
        JOIN surveys_question q ON q.id = a.question_id AND q.type IN (
            'single_choice', 'multiple_choice', 'yes_no_in_progress', 'scale', 'matrix',
            'number', 'percentage', 'currency')
        JOIN surveys_answerrevision v ON v.response_id = h.response_id AND v.question_id = q.id
            AND v.changed_at <= h.published_at
        WHERE h.is_own OR EXISTS (
            SELECT 1 FROM handed_in o WHERE o.release_id = h.release_id
                AND o.agency_id = h.agency_id AND o.is_own)
        ORDER BY h.release_id, v.response_id, v.question_id, v.revision DESC
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
