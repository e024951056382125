"""The database keeps what questions rest on, and as what each answer may be read.

An answer is never read more widely than the answers of its response that its condition rests on.
Where one of those is missing, the question did not apply: then only organizers read it.
"""

from django.db import migrations

RESTS_ON = """
    CREATE FUNCTION surveys_settle_rests_on(of_survey bigint) RETURNS void LANGUAGE sql AS $$
        DELETE FROM surveys_question_rests_on r USING surveys_question q
        WHERE q.id = r.from_question_id AND q.survey_id = of_survey;

        WITH RECURSIVE direct AS (
            SELECT q.id AS child, p.id AS parent
            FROM surveys_question q
            CROSS JOIN LATERAL jsonb_path_query(q.show_if, 'lax $.all[*].question') AS asked
            JOIN surveys_question p ON p.survey_id = q.survey_id AND p.key = asked #>> '{}'
            WHERE q.survey_id = of_survey
        ), told AS (
            SELECT child, parent FROM direct
            UNION
            SELECT told.child, direct.parent FROM told JOIN direct ON direct.child = told.parent
        )
        INSERT INTO surveys_question_rests_on (from_question_id, to_question_id)
        SELECT child, parent FROM told WHERE child <> parent;
    $$;
"""
READABLE_AS = """
    CREATE FUNCTION surveys_readable_as(of_response bigint, of_question bigint, chosen text)
    RETURNS text LANGUAGE plpgsql STABLE AS $$
    DECLARE
        levels CONSTANT text[] := ARRAY['organisers', 'counted', 'members', 'public'];
        bound integer;
    BEGIN
        SELECT min(coalesce(array_position(levels, a.sharing::text), 1)) INTO bound
        FROM surveys_question_rests_on r
        LEFT JOIN surveys_answer a
            ON a.response_id = of_response AND a.question_id = r.to_question_id
        WHERE r.from_question_id = of_question;
        RETURN levels[least(array_position(levels, chosen), bound)];
    END $$;
"""
ANSWERS = """
    CREATE FUNCTION surveys_read_answer_as() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.readable_as := surveys_readable_as(NEW.response_id, NEW.question_id, NEW.sharing);
        RETURN NEW;
    END $$;
    CREATE TRIGGER read_answer_as
        BEFORE INSERT OR UPDATE OF sharing, readable_as, applies, response_id, question_id
        ON surveys_answer FOR EACH ROW EXECUTE FUNCTION surveys_read_answer_as();

    CREATE FUNCTION surveys_read_follow_ups_as() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed surveys_answer;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.sharing = OLD.sharing THEN
                RETURN NULL;
            END IF;
        END IF;
        changed := coalesce(NEW, OLD);
        UPDATE surveys_answer a
        SET readable_as = surveys_readable_as(a.response_id, a.question_id, a.sharing)
        FROM surveys_question_rests_on r
        WHERE r.to_question_id = changed.question_id
            AND a.question_id = r.from_question_id
            AND a.response_id = changed.response_id
            AND a.readable_as <> surveys_readable_as(a.response_id, a.question_id, a.sharing);
        RETURN NULL;
    END $$;
    CREATE TRIGGER read_follow_ups_as
        AFTER INSERT OR DELETE OR UPDATE OF sharing
        ON surveys_answer FOR EACH ROW EXECUTE FUNCTION surveys_read_follow_ups_as();
"""
QUESTIONS = """
    CREATE FUNCTION surveys_question_is_asked() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM surveys_settle_rests_on(survey_id)
        FROM (SELECT DISTINCT survey_id FROM now_asked) AS surveys;
        RETURN NULL;
    END $$;
    CREATE TRIGGER rests_on_from_the_start
        AFTER INSERT ON surveys_question REFERENCING NEW TABLE AS now_asked
        FOR EACH STATEMENT EXECUTE FUNCTION surveys_question_is_asked();

    CREATE FUNCTION surveys_question_is_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        of_surveys bigint[];
    BEGIN
        SELECT array_agg(DISTINCT now_asked.survey_id) INTO of_surveys
        FROM now_asked JOIN was_asked USING (id)
        WHERE (now_asked.show_if, now_asked.key) IS DISTINCT FROM (was_asked.show_if, was_asked.key);
        PERFORM surveys_settle_rests_on(of_survey) FROM unnest(of_surveys) AS of_survey;
        UPDATE surveys_answer a
        SET readable_as = surveys_readable_as(a.response_id, a.question_id, a.sharing)
        FROM surveys_question q
        WHERE q.survey_id = ANY (of_surveys) AND a.question_id = q.id
            AND a.readable_as <> surveys_readable_as(a.response_id, a.question_id, a.sharing);
        RETURN NULL;
    END $$;
    CREATE TRIGGER rests_on_after_a_change
        AFTER UPDATE ON surveys_question
        REFERENCING OLD TABLE AS was_asked NEW TABLE AS now_asked
        FOR EACH STATEMENT EXECUTE FUNCTION surveys_question_is_changed();

    CREATE FUNCTION surveys_question_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM surveys_question_rests_on
        WHERE from_question_id = OLD.id OR to_question_id = OLD.id;
        RETURN OLD;
    END $$;
    CREATE TRIGGER rests_on_no_more
        BEFORE DELETE ON surveys_question
        FOR EACH ROW EXECUTE FUNCTION surveys_question_is_gone();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0019_answer_readable_as")]

    operations = [
        migrations.RunSQL(
            sql=RESTS_ON + READABLE_AS + ANSWERS + QUESTIONS,
            reverse_sql="""
                DROP TRIGGER rests_on_no_more ON surveys_question;
                DROP TRIGGER rests_on_after_a_change ON surveys_question;
                DROP TRIGGER rests_on_from_the_start ON surveys_question;
                DROP TRIGGER read_follow_ups_as ON surveys_answer;
                DROP TRIGGER read_answer_as ON surveys_answer;
                DROP FUNCTION surveys_question_is_gone();
                DROP FUNCTION surveys_question_is_changed();
                DROP FUNCTION surveys_question_is_asked();
                DROP FUNCTION surveys_read_follow_ups_as();
                DROP FUNCTION surveys_read_answer_as();
                DROP FUNCTION surveys_readable_as(bigint, bigint, text);
                DROP FUNCTION surveys_settle_rests_on(bigint);
            """,
        ),
    ]
