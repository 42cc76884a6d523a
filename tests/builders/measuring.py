"""What the tests cost: processor seconds by file and by kind, which no load of the machine changes.

What a shared fixture costs is counted for the test that asked for it first; what a process that a test started costs
is counted when the test has waited for its end.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SLOWEST = 10
KINDS = ("browser", "sandbox", "postgres", "process", "property", "page", "unit")


@dataclass
class Cost:
    """What some tests cost: their number, processor seconds, seconds by the clock."""

    tests: int = 0
    processor: float = 0.0
    clock: float = 0.0

    def add(self, report: pytest.TestReport) -> None:
        """Count one step of a test: what came before it, itself or what comes after."""
        self.tests += report.when == "call"
        self.processor += getattr(report, "processor", 0.0)
        self.clock += report.duration


@dataclass
class Costs:
    """By file and by kind."""

    files: defaultdict[str, Cost] = field(default_factory=lambda: defaultdict(Cost))
    kinds: defaultdict[str, Cost] = field(default_factory=lambda: defaultdict(Cost))

    def count(self, report: pytest.TestReport) -> None:
        """Count one step of a test for its file and for its kind."""
        self.files[getattr(report, "file", "")].add(report)
        self.kinds[getattr(report, "kind", "")].add(report)


COSTS = Costs()
_used = [0.0]
_interpreters = [0]  # that this process has started
_before = [0]  # that it had started before this test


def processor_seconds() -> float:
    """What this process and its ended children have used."""
    return sum(os.times()[:4])


def note_interpreters() -> None:
    """From now on notice where a test starts a Python of its own."""

    def started(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and "python" in Path(str(arguments[0])).name:
            _interpreters[0] += 1

    sys.addaudithook(started)
    _used[0] = processor_seconds()


def kind_of(item: pytest.Item, is_started: bool) -> str:
    """What a test is, by what makes it slow; `is_started` says whether it has started a Python of its own."""
    marked = next((kind for kind in ("browser", "sandbox", "postgres") if item.get_closest_marker(kind)), None)
    if marked or is_started:
        return marked or "process"
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        return "property"
    module = getattr(item, "module", None)
    return "page" if hasattr(module, "opened") or hasattr(module, "AppTest") else "unit"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Give each report what was used since the last one, and the kind of its test."""
    outcome = yield
    used = processor_seconds()
    report = outcome.get_result()  # type: ignore[attr-defined]
    report.processor, report.kind, report.file = (
        used - _used[0],
        kind_of(item, _interpreters != _before),
        item.path.name,
    )
    _used[0] = used
    if call.when == "teardown":
        _before[:] = _interpreters


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up, in the process that hears of all tests."""
    COSTS.count(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the files that cost most and every kind, after a run of many files."""
    if len(COSTS.files) <= SLOWEST:
        return
    terminalreporter.section("processor seconds (by the clock) of the slowest files and of each kind")
    for line in lines(COSTS):
        terminalreporter.write_line(line)


def lines(costs: Costs) -> list[str]:
    """The table in words."""
    files = sorted(costs.files.items(), key=lambda one: -one[1].processor)[:SLOWEST]
    kinds = [(kind, costs.kinds[kind]) for kind in KINDS if kind in costs.kinds]
    every = costs.files.values()
    whole = Cost(sum(c.tests for c in every), sum(c.processor for c in every), sum(c.clock for c in every))
    return [_line(name, cost) for name, cost in [*files, *kinds, ("all", whole)]]


def _line(name: str, cost: Cost) -> str:
    return f"{cost.processor:8.1f} ({cost.clock:7.1f})  {cost.tests:5} tests  {name}"
