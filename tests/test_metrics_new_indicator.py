"""A new indicator is one new file: nothing else is edited, and every command knows it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW, REPOSITORY, pull

from data import record

ROOT = Path(__file__).parent.parent
ONE_FILE = '''
"""How much of the work is merged at the weekend."""

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import observe


def weekend_merges(pull_requests: Frame) -> Observations:
    """The share of merged pull requests that were merged on a Saturday or a Sunday, in UTC."""
    rows = pull_requests[pull_requests["merged_at"].notna()]
    at_weekend = rows["merged_at"].dt.weekday >= 5
    return observe(rows, at=rows["merged_at"], value=at_weekend.astype("float64"))


INDICATORS = (
    Indicator(
        "weekend_merges",
        "Merged at the weekend",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=weekend_merges,
        core=True,
        misuse="Who works from Sunday to Thursday has another weekend.",
    ),
)
'''
ASK = """
import sys
from metrics.__main__ import main

for command in (["list"], ["show", "weekend_merges", "--from", "2026-10-05", "--to", "2026-10-12"], ["scorecard"]):
    main([*command, "--format", "json"])
    print("---")
main(["docs"])
"""


@pytest.fixture
def answers(fill, tmp_path):
    """What list, show, scorecard and docs say of a copy of the package with one more file."""
    # Saturday 10 October and Monday the 5th: one of two at the weekend.
    pulls = [pull(n, "2026-10-01 08:00", merged_at=f"2026-10-{day} 09:00") for n, day in ((1, "10"), (2, "05"))]
    store = fill(repositories=[REPOSITORY], pull_requests=pulls)
    with store.writing() as connection:
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None}
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", facts)
    shutil.copytree(ROOT / "metrics", tmp_path / "metrics", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "metrics" / "weekend_merges.py").write_text(ONE_FILE)
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "config.toml").write_text("")
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "PLUMBLINE_NOW": NOW.isoformat(),
        "PLUMBLINE_STORE": store.engine.url.render_as_string(),
        "PLUMBLINE_CONFIG": str(tmp_path / "config.toml"),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("---\n")


def test_one_new_file_is_listed_shown_scored_and_documented(answers):
    listed, shown, scored, documented = answers
    told = {one["id"]: one for one in json.loads(listed)}["weekend_merges"]
    assert told["definition"].startswith("The share of merged pull requests") and told["tables"][0] == "pull_requests"
    assert (json.loads(shown)["total"]["value"], json.loads(shown)["total"]["n"]) == (50.0, 2)
    card = {one["objective"]: one for one in json.loads(scored)}["team_empowerment"]
    assert "weekend_merges" in {one["id"] for one in card["indicators"]}
    assert "### Merged at the weekend ★ (`weekend_merges`)" in documented
