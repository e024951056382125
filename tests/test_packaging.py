"""The image and the services beside it: what can be checked without a container engine."""

import re
import tomllib
from pathlib import Path

from django.apps import apps

from tests.image import context, packages

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = ("migrate", "web", "worker", "beat", "proxy", "postgres", "valkey", "mail")


def services() -> dict[str, str]:
    """Return what the file says of each service."""
    listed = COMPOSE.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    parts = re.split(r"^  (\w+):.*$", listed, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_service_says_how_it_is():
    checked = [name for name, text in services().items() if "healthcheck:" in text]

    assert (tuple(services()), tuple(checked)) == (SERVICES, SERVICES)


def test_commands_are_those_of_the_procfile():
    lines = (ROOT / "Procfile").read_text().splitlines()
    known = {line.partition(":")[0] for line in lines}

    commands = set(re.findall(r"command: \[(\w+)\]", COMPOSE))

    assert commands == known == {"web", "worker", "beat"}


def test_portal_waits_for_its_database_and_its_tables():
    waiting = [name for name, text in services().items() if "after_migration" in text]

    assert waiting == ["web", "worker", "beat"]
    assert "migrate: {condition: service_completed_successfully}" in services()["web"]
    assert "postgres: {condition: service_healthy}" in services()["migrate"]


def test_secrets_have_no_default():
    needed = set(re.findall(r"\$\{(\w+):\?", COMPOSE))

    assert needed == {"SECRET_KEY", "POSTGRES_PASSWORD"}


def test_variables_are_settings_or_of_the_services():
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    read = set(
        re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "ciwo_portal/settings.py").read_text())
    )

    assert used - read == {"POSTGRES_PASSWORD", "PORT", "PORTAL_VERSION"}


def test_image_runs_as_nobody_in_particular_from_locked_packages():
    assert "USER portal" in DOCKERFILE.splitlines()
    assert "--require-hashes -r requirements/base.txt" in DOCKERFILE


def test_image_holds_the_code_its_look_and_nothing_else():
    top = {path.parts[0] for path in context()}
    tracked = {"manage.py", "Procfile", "LICENSE", "static", "templates", "requirements", "deploy"}
    few = {str(path) for path in context() if path.parts[0] in ("requirements", "deploy")}

    assert top - {"locale"} == packages() | tracked
    assert few == {"requirements/base.txt", "deploy/start"}


def test_no_list_of_packages_forgets_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    linter = project["tool"]["importlinter"]
    downwards, inside, _ = linter["contracts"]
    layers = {name for layer in downwards["layers"] for name in re.findall(r"\w+", layer)}
    ours = {app.name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}

    assert set(linter["root_packages"]) == layers == packages()
    assert set(inside["containers"]) == packages() - {"ciwo_portal"}
    assert packages() - ours == {"events"}  # abstract: webinars and sessions have its tables


def test_every_mended_fault_names_a_test_that_exists():
    """`::name` stands in the file that was named before it."""
    named = re.findall(
        r"`(?:…)?(tests/\S+?\.py)?(?:::(\w+))?`", (ROOT / "docs/mended.md").read_text()
    )
    wrong, text = [], ""
    for path, name in named:
        if path:
            text = (ROOT / path).read_text()
        if name and f"def {name}(" not in text:
            wrong.append(name)

    assert (len(named) > 100, wrong) == (True, [])
