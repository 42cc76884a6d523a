"""The ready ways to run it: they parse, and every path and command in them is there."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from connectors.__main__ import _parser as connectors
from pages.ui import guide
from pages.ui.health import ROUTES

ROOT = Path(__file__).parent.parent
RUN = ROOT / "docs" / "run"
INSTALLED = Path("/opt/plumbline")
UNITS = sorted(RUN.glob("*.service")) + sorted(RUN.glob("*.timer"))
MODULES = re.compile(r"python -m ([^;\"']+)")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)(/\w+)")


def unit(file):
    parsed = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parsed.optionxform = str
    parsed.read(file)
    return parsed


def settings(file):
    """KEY=VALUE of a unit, a key as often as it stands there."""
    return [line.split("=", 1) for line in file.read_text().splitlines() if "=" in line]


def commands_of(text):
    return [shlex.split(found) for found in MODULES.findall(text)]


def check_commands(text):
    for module, *arguments in commands_of(text):
        assert module == "connectors" and connectors().parse_args(arguments).run, (module, arguments)


def services():
    return yaml.safe_load((RUN / "compose.yaml").read_text())["services"]


def instructions():
    text = (RUN / "Containerfile").read_text()
    return [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_unit_parses_and_runs_what_is_there(file):
    assert {"Unit"} <= set(unit(file).sections())
    for key, value in settings(file):
        if key.startswith("Exec"):
            check_commands(value)
            for word in shlex.split(value.lstrip("-")):
                if word.startswith(str(INSTALLED)):
                    assert Path(word).parent == INSTALLED / ".venv/bin"
        if key == "WorkingDirectory":
            assert Path(value) == INSTALLED
    starts = [value for key, value in settings(file) if key == "ExecStart" and "streamlit" in value]
    assert all((ROOT / shlex.split(start)[2]).is_file() for start in starts)


def test_every_timer_has_its_service():
    timers = {file.stem for file in RUN.glob("*.timer")}
    assert timers and timers <= {file.stem for file in RUN.glob("*.service")}


def test_health_is_asked_where_it_is_answered():
    routes = {route.path for route in ROUTES}
    for file in [*UNITS, RUN / "compose.yaml", RUN / "Containerfile"]:
        assert all((port, path) == ("8501", "/health") for port, path in ADDRESS.findall(file.read_text()))
    assert "/health" in routes
    asked = [file.name for file in RUN.iterdir() if ADDRESS.search(file.read_text())]
    assert set(asked) >= {"compose.yaml", "Containerfile", "plumbline.service", "plumbline-health.service"}


def test_every_service_of_compose_has_a_health_check_and_runs_what_is_there():
    for name, service in services().items():
        assert service["healthcheck"]["test"], name
        check_commands(" ".join([*service.get("command", ()), *service["healthcheck"]["test"]]))
        if "build" in service:
            context = (RUN / service["build"]["context"]).resolve()
            assert context == ROOT and (context / service["build"]["dockerfile"]).is_file()
    assert {name for name, one in services().items() if "build" in one} == {"app", "sync"}


def test_the_store_of_compose_is_the_database_that_it_starts():
    store, app = services()["store"]["environment"], services()["app"]["environment"]["PLUMBLINE_STORE"]
    assert f"postgresql+psycopg://{store['POSTGRES_USER']}:" in app and app.endswith(f"@store/{store['POSTGRES_DB']}")


def test_the_image_holds_the_program_and_nothing_of_this_folders_data():
    copied = [shlex.split(rest)[:-1] for word, rest in instructions() if word == "COPY"]
    sources = [source for some in copied for source in some]
    assert all(list(ROOT.glob(source)) for source in sources)
    assert {"app.py", "connectors", "metrics", "pages", "reports", "data/migrations", "data/*.py"} <= set(sources)
    secret = {"data", ".", ".streamlit", "data/config.toml", "data/metrics.db", ".streamlit/secrets.toml"}
    assert not secret & set(sources)


def test_the_image_starts_the_app_as_nobody_special():
    said = dict(instructions())  # of a word that stands there twice, the last
    assert said["USER"] == "plumbline" and "HEALTHCHECK" in said
    command = yaml.safe_load(said["CMD"])
    assert command[:3] == ["streamlit", "run", "app.py"] and (ROOT / command[2]).is_file()


def test_the_rights_that_a_token_needs_are_told_alike_and_none_of_them_is_to_write():
    told = [(ROOT / "README.md").read_text(), guide.PERMISSIONS]
    for text in told:
        said = re.search(r"a fine-grained token with read access to ([\w, \n]+?)[;.]", text)
        rights = set(re.split(r", | and |\s*\n", said[1])) - {"metadata", ""}
        assert rights == {"contents", "issues", "pull requests", "deployments", "actions"}
        assert "write" not in said[0]
