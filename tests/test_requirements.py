"""What is installed is what was looked at: every requirement is locked to one version with its hashes."""

import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
LISTS = ("requirements", "tests/requirements")  # what runs, and what the tests need besides
AUDIT = ".venv/bin/pip-audit -r requirements.lock -r tests/requirements.lock --no-deps --disable-pip"
every_list = pytest.mark.parametrize("name", LISTS)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name):
    """The locked versions of each package; more than one where they differ by the version of Python."""
    found = {}
    for package, version in LOCKED.findall((ROOT / f"{name}.lock").read_text()):
        found.setdefault(normal(package), set()).add(version)
    return found


def required(name):
    lines = (line.partition("#")[0].strip() for line in (ROOT / f"{name}.txt").read_text().splitlines())
    return [Requirement(line) for line in lines if line]


@every_list
def test_every_requirement_is_locked_to_a_version_that_it_allows(name):
    versions = pins(name)
    for one in required(name):
        locked = versions[normal(one.name)]
        assert all(map(one.specifier.contains, locked)), f"{one}: run the command in docs/decisions.md again"


@every_list
def test_every_locked_version_has_its_hashes(name):
    text = (ROOT / f"{name}.lock").read_text()
    hashed = re.findall(r"==[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text)
    assert hashed and len(LOCKED.findall(text)) == len(hashed)


def test_what_both_lists_install_has_one_version():
    running, testing = map(pins, LISTS)
    assert [name for name in running.keys() & testing.keys() if running[name] != testing[name]] == []


def test_what_only_tests_need_is_not_among_what_runs():
    running, testing = ({normal(one.name) for one in required(name)} for name in LISTS)
    assert not running & testing
    assert not {"pytest", "playwright", "mypy", "ruff", "hypothesis"} & pins("requirements").keys()


def audited(found, folder):
    """How the script's audit ends where pip-audit says this, and whether it left a note that nothing was looked up."""
    script = (ROOT / ".ci" / "run").read_text()
    assert AUDIT in script
    audit = script[script.index("audit() {") :].partition("\n}\n")[0] + "\n}\n"
    note = folder / "unaudited"
    stand_in = audit.replace(AUDIT, f"echo '{found}'").replace("$unaudited", str(note))
    run = subprocess.run(["bash", "-c", f"{stand_in}\naudit"], capture_output=True, check=False)
    return run.returncode, note.exists()


@pytest.mark.parametrize(
    ("found", "ended"),
    [
        ("Found 1 known vulnerability in 1 package", (1, False)),
        ("Found 12 known vulnerabilities in 3 packages", (1, False)),
        ("No known vulnerabilities found", (0, False)),
        ("ERROR: connection refused", (0, True)),
        ("", (0, True)),
    ],
)
def test_known_weaknesses_of_the_locked_versions_end_the_tests_of_a_fresh_machine(found, ended, tmp_path):
    """A program in the place of pip-audit that finds one: the script ends; one that reaches nothing: it leaves a note."""
    assert audited(found, tmp_path) == ended


def test_the_last_line_says_where_known_weaknesses_could_not_be_looked_up():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "$unaudited" in lines[-2] and "were not looked up" in lines[-2] and lines[-1] == 'exit "$tests"'
