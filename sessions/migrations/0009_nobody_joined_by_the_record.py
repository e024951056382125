"""Take today's agencies out of the two communities of 2017: loading the record had put them in."""

from django.db import migrations
from django.db.models import Q

WIDER = {
    "ca-city-of-oakland-department-of-workplace-and-employment-standards",
    "ca-city-of-san-diego-compliance-department",
    "ca-city-of-san-jose-office-of-equality-assurance",
    "ca-city-of-santa-monica",
}
BOTH = {
    "ca-city-of-los-angeles-bureau-of-contract-administration",
    "ca-los-angeles-county-department-of-consumer-and-business-affairs",
    "ca-san-francisco-office-of-labor-standards-enforcement",
}
LOADED = {"community-of-learning-and-practice": BOTH, "learning-community": BOTH | WIDER}


def clear(apps, schema_editor):
    """Empty those in which nobody has done anything since; in others their people decide."""
    communities = apps.get_model("agencies", "Community").objects.filter(facilitators=None)
    planned = Q(sessions__starts_at__isnull=False) | Q(resources__isnull=False)
    planned |= Q(webinars__starts_at__isnull=False) | Q(series__isnull=False)
    for slug, loaded in LOADED.items():
        community = communities.filter(slug=slug).exclude(planned).first()
        if community and set(community.agencies.values_list("slug", flat=True)) == loaded:
            community.agencies.clear()


class Migration(migrations.Migration):
    dependencies = [
        ("practice_sessions", "0008_search_words_index"),
        ("library", "0007_resource_is_unannounced"),
        ("webinars", "0012_announced_when"),
    ]
    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
