"""What is installed is what was looked at: every requirement is locked to one version with its hashes."""

import re
import subprocess
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    return {normal(name): version for name, version in LOCKED.findall((ROOT / "requirements.lock").read_text())}


def required():
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def test_every_requirement_is_locked_to_a_version_that_it_allows():
    versions = locked()
    for one in required():
        assert one.specifier.contains(versions[normal(one.name)]), f"{one}: run the command in docs/decisions.md again"


def test_every_locked_version_has_its_hashes():
    entries = (ROOT / "requirements.lock").read_text().split("\n\n")[0].count("==")
    text = (ROOT / "requirements.lock").read_text()
    assert entries and len(LOCKED.findall(text)) == len(re.findall(r"==[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text))


def test_known_weaknesses_of_the_locked_versions_end_the_tests_of_a_fresh_machine():
    """A program in the place of pip-audit that finds one: the rest of the script is not run."""
    script = (ROOT / ".ci" / "run").read_text()
    assert "pip-audit -r requirements.lock" in script
    audit = script[script.index("audit() {") : script.index("\n}\n") + 3]
    for found, code in (("Found 1 known vulnerability in 1 package", 1), ("No known vulnerabilities found", 0)):
        stand_in = audit.replace(".venv/bin/pip-audit -r requirements.lock --no-deps --disable-pip", f"echo '{found}'")
        run = subprocess.run(["bash", "-c", f"{stand_in}\naudit"], capture_output=True, check=False)
        assert run.returncode == code, found
