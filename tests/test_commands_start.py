"""A command imports what it runs and nothing else, so that it starts at once: no import of the table is undone later."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW

from data.store import Store

ROOT = Path(__file__).parent.parent
FRAMES = {"pandas", "numpy", "pyarrow"}
DOCUMENTS = {"plotly", "typst", "pptx", "xlsxwriter", "jinja2", "streamlit"}
SOURCES = {"github", "jira", "requests", "lizard", "connectors.demo", "connectors.github", "connectors.jira"}
RARE = {"alembic", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "psycopg", "filelock", "rich", "holidays"}
CONFIGURATION = {"pydantic", "data.settings"}
STORE = {"sqlalchemy", "data.schema"}
OURS = {"connectors.sync", "metrics.model", "metrics.catalogue", "reports.desk"}
LOOKS = FRAMES | DOCUMENTS | SOURCES | RARE | OURS  # what looking at a store needs nothing of
ALL = LOOKS | CONFIGURATION | STORE
COMMANDS = {  # its arguments, how it ends, and what is not imported for it
    "connectors --help": (0, ALL),
    "connectors sync --help": (0, ALL),
    "connectors nonsense": (2, ALL),
    "metrics --help": (0, ALL),
    "metrics show --help": (0, ALL),
    "metrics show pr_size --grain year": (2, ALL),
    "reports --help": (0, ALL),
    "reports monthly --help": (0, ALL),
    "data --help": (0, ALL),
    "data restore": (2, ALL),
    "connectors status": (0, LOOKS | CONFIGURATION),
    "connectors status --config config.toml": (0, LOOKS),
    "connectors check --config config.toml": (0, FRAMES | DOCUMENTS | SOURCES | RARE),
    "connectors demo --remove": (0, FRAMES | DOCUMENTS | SOURCES | RARE),
    "metrics list": (0, (DOCUMENTS | SOURCES | RARE) - {"rich"}),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a configuration and a store that has this version's tables."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "costs.csv").write_text("team,start_on,end_on,amount,currency\npay,2026-01-01,2026-02-01,10,EUR\n")
    (folder / "config.toml").write_text('[[files]]\nkind = "costs"\npath = "costs.csv"\n')
    Store.open(f"sqlite:///{folder / 'metrics.db'}").engine.dispose()
    return folder


def imported(command, place):
    """How a command ends in a process of its own, and every module that it has imported on the way."""
    named = {"PLUMBLINE_STORE": f"sqlite:///{place / 'metrics.db'}", "PLUMBLINE_NOW": NOW.isoformat()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    run = [sys.executable, "-X", "importtime", "-m", *command.split()]
    done = subprocess.run(run, cwd=place, capture_output=True, text=True, env=kept | named | {"PYTHONPATH": str(ROOT)})
    return done.returncode, set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_nothing_that_it_does_not_need(place, command):
    code, unneeded = COMMANDS[command]
    ended, there = imported(command, place)
    assert ended == code and "argparse" in there  # that modules were listed at all
    assert sorted(unneeded & there) == []
