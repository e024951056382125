"""The table of answers refuses a level that is wider than the widest of its wave."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0015_widest_sharing")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION surveys_answer_within_wave() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    levels CONSTANT text[] := ARRAY['organisers', 'counted', 'members', 'public'];
                    widest text;
                BEGIN
                    SELECT w.widest_sharing INTO widest
                    FROM surveys_response r JOIN surveys_wave w ON w.id = r.wave_id
                    WHERE r.id = NEW.response_id;
                    IF array_position(levels, NEW.sharing::text)
                        > array_position(levels, widest)
                    THEN
                        RAISE EXCEPTION 'an answer of this wave is at most for %', widest
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'no_answer_wider_than_its_wave',
                                TABLE = 'surveys_answer';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER no_answer_wider_than_its_wave
                    BEFORE INSERT OR UPDATE OF sharing, response_id ON surveys_answer
                    FOR EACH ROW WHEN (NEW.sharing <> 'organisers')
                    EXECUTE FUNCTION surveys_answer_within_wave();
            """,
            reverse_sql="""
                DROP TRIGGER no_answer_wider_than_its_wave ON surveys_answer;
                DROP FUNCTION surveys_answer_within_wave();
            """,
        ),
    ]
