"""The ready ways to run it: they parse, every path and command in them is there, and what an image holds runs."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

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


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A folder that holds what the image would, put there by the Containerfile's own instructions."""
    folder = tmp_path_factory.mktemp("image")
    for word, rest in instructions():
        if word == "COPY":
            *sources, target = shlex.split(rest)
            for source in (found for one in sources for found in ROOT.glob(one)):
                put(source, folder / target, into=target.endswith("/"))
        elif word == "RUN" and rest.startswith("mkdir"):
            subprocess.run(["sh", "-c", rest.split(" && ")[0]], cwd=folder, check=True)
    return folder


def put(source, target, into):
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        (target if into else target.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def started(image, tmp_path_factory):
    """The image's command, on a free port: the port, and the environment that it runs in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    place = tmp_path_factory.mktemp("of the container")
    (place / "config.toml").write_text('[[github]]\nrepositories = ["acme/app"]\n[sign_in]\nkind = "proxy"\n')
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    own |= {"PLUMBLINE_STORE": f"sqlite:///{place / 'metrics.db'}", "PLUMBLINE_CONFIG": str(place / "config.toml")}
    own["PATH"] = f"{Path(sys.executable).parent}:{own['PATH']}"
    command = [word.replace("8501", port) for word in yaml.safe_load(dict(instructions())["CMD"])]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=image, env=own, stdout=log, stderr=log)
    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            break
        except HTTPError:
            break  # it answers, and asks who is there
        except OSError:
            assert process.poll() is None, (place / "log").read_text()
            time.sleep(0.1)
    yield port, own
    process.terminate()
    process.wait(timeout=20)


def asked(command, port, own, folder):
    """The exit code of a health check, asked of another port."""
    words = [word.replace("8501", port) for word in command]
    return subprocess.run(words, cwd=folder, env=own, capture_output=True, timeout=120, check=False).returncode


def health_checks():
    """How each way to run it asks whether the app answers."""
    yield yaml.safe_load(re.search(r"HEALTHCHECK .*CMD (\[.*\])", (RUN / "Containerfile").read_text())[1])
    yield services()["app"]["healthcheck"]["test"][1:]
    if shutil.which("curl"):
        [start] = [value for key, value in settings(RUN / "plumbline.service") if key == "ExecStartPost"]
        yield shlex.split(start)
        [watch] = [value for key, value in settings(RUN / "plumbline-health.service") if key == "ExecStart"]
        yield [word.replace("exec systemctl try-restart plumbline.service", "exit 7") for word in shlex.split(watch)]


def test_what_the_image_holds_starts_and_every_health_check_finds_it_well(image, started):
    port, own = started
    assert [asked(command, port, own, image) for command in health_checks()] == [0] * len(list(health_checks()))


def test_a_health_check_fails_where_nothing_answers(image, started):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = str(closed.getsockname()[1])
        once = [[word if word != "60" else "0" for word in command] for command in health_checks()]
        assert 0 not in [asked(command, port, started[1], image) for command in once]


def test_the_syncs_of_compose_are_asked_how_they_stand(image, started):
    check = services()["sync"]["healthcheck"]["test"][1:]
    assert asked(check, "8501", started[1], image) == 0
    broken = started[1] | {"PLUMBLINE_STORE": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    assert asked(check, "8501", broken, image) == 2


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_finds_nothing_to_say_about_the_units_but_that_nothing_is_installed():
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *UNITS], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("plumbline")]
    assert [line for line in said if "is not executable: No such file or directory" not in line] == []


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
