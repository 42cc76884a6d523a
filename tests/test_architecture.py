"""The house has one direction: app → pages → reports → metrics → data ← connectors."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "data": {"data"},
    "connectors": {"connectors", "data"},
    "metrics": {"metrics", "data"},
    "reports": {"reports", "metrics", "data"},
    "pages": {"pages", "reports", "metrics", "data"},
    "app.py": {"pages"},
}
HOMES = {
    "streamlit": ("app.py", "pages"),
    "plotly": ("pages/ui", "reports/html"),
    "sqlalchemy": ("data",),
    "alembic": ("data",),
    "github": ("connectors/github",),
    "jira": ("connectors/jira",),
}
READ_OR_WRITE = {
    "metrics/__main__.py",
    "metrics/commands.py",
    "metrics/catalogue.py",
    "metrics/configured.py",
    "metrics/docs.py",
    "metrics/end_of_sync.py",
    "metrics/keeping.py",
    "metrics/kept_figures.py",
    "metrics/loading.py",
    "metrics/tell.py",
    "metrics/said.py",
    "metrics/shelf.py",
    "metrics/targets.py",
    "metrics/telling.py",
}
FILES = sorted(p.relative_to(ROOT) for room in ROOMS for p in [ROOT / room, *(ROOT / room).rglob("*.py")] if p.suffix)


def imports(file):
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_imports_only_what_its_room_may(file):
    allowed = ROOMS[file.parts[0]]
    for module in imports(file):
        top = module.partition(".")[0]
        assert top not in ROOMS or top in allowed, f"{file} imports {module}"
        homes = HOMES.get(top, (str(file),))
        assert any(str(file).startswith(home) for home in homes), f"{file} imports {module}; it lives in {homes}"


PURE = {"data.commit_times"}  # numbers in, numbers out: what the connector of git and the facts both hold of commits


@pytest.mark.parametrize("file", [f for f in FILES if f.parts[0] == "metrics"], ids=str)
def test_formulas_read_no_clock_no_file_and_no_store(file):
    source = (ROOT / file).read_text()
    if str(file) in READ_OR_WRITE:
        return
    outside = [module for module in imports(file) if module.partition(".")[0] in {"data", "os", "pathlib", "time"}]
    assert not set(outside) - PURE
    assert ".now(" not in source and ".utcnow(" not in source and "Timestamp.today" not in source


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_row_loops_in_frames_and_no_stand_in_for_what_is_unknown(file):
    source = (ROOT / file).read_text()
    for habit in (r"iterrows", r"\.apply\([^()]*axis=1", r"\.agg\(lambda"):
        assert not re.search(habit, source), f"{file}: {habit}"
