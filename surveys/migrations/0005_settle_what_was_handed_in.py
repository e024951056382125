"""Say of the answers that were handed in before whether their question applied."""

from django.db import migrations

from surveys import conditions
from surveys.entries import Entry


def settle(apps, schema_editor):
    """Mark the answers to hidden questions, as handing in does from now on."""
    Response = apps.get_model("surveys", "Response")
    asked = {}
    for response in Response.objects.filter(state="submitted").select_related("wave"):
        survey = response.wave.survey_id
        if survey not in asked:
            questions = apps.get_model("surveys", "Question").objects.filter(survey=survey)
            asked[survey] = list(questions.order_by("section__position", "position", "pk"))
        answers = {answer.question_id: answer for answer in response.answers.all()}
        given = {
            q.key: Entry(answers[q.pk].value, answers[q.pk].not_reported)
            for q in asked[survey]
            if q.pk in answers
        }
        shown = conditions.visible(asked[survey], given)
        hidden = [q.pk for q in asked[survey] if q.key not in shown]
        response.answers.filter(question__in=hidden).update(applies=False)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_answer_applies")]
    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
