"""The portal's own settings, with the bare view beside the portal's addresses."""

from ciwo_portal.settings import *  # noqa: F403 the benchmark measures the portal as it is set up
from ciwo_portal.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")  # type: ignore[attr-defined]
