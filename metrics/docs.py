"""The catalogue as a page of documentation, written from the declarations so that it cannot drift."""

import json
from collections.abc import Iterable
from pathlib import Path

from data.checks import INDICATORS
from metrics.catalogue import CATALOGUE
from metrics.facts import tables_of
from metrics.model import Better, Indicator, Summary, Target
from metrics.objectives import OBJECTIVES, Purpose

FILE = Path(__file__).parent.parent / "docs" / "indicators.md"
HEAD = """# Indicators

Written by `python -m metrics docs --write` from the declarations in `metrics/`; a test fails when it is stale.
A star marks the core indicators, which decide how an objective stands.
"""
WORDS = {
    Summary.MEDIAN: "median of the rows, with p85; judged from 6 rows (p85 from 20)",
    Summary.RATE: "share of the rows in percent, with its Wilson interval; judged from 10 rows",
    Summary.COUNT: "number of rows",
    Summary.SUM: "sum of the rows",
    Summary.NET: "sum of the rows, each 1 or -1",
    Summary.LEVEL: "number of rows open at the period's end; a row's value is its age in days",
    Summary.AGE: "median age in days of what is open at the period's end, with p85",
    Summary.SHARE: "percentage of all weights together; a row is a percentage of its own weight",
    Summary.OPEN_RATE: "share in percent of the rows open at the period's end",
    Summary.WINDOW: "median of the teams' latest windows; never judged by limits, because neighbours share weeks",
    Summary.OPEN_SUM: "sum of the rows that hold at the period's end",
    Summary.OPEN_SHARE: "percentage of all weights that hold at the period's end",
    Summary.OPEN_MEDIAN: "median of the rows that hold at the period's end, with p85",
    Summary.OPEN_LOWEST: "lowest of the rows that hold at the period's end",
}
DIRECTIONS = {Better.LOWER: "lower is better", Better.HIGHER: "higher is better", Better.BAND: "neither way is better"}


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_objective(purpose) for purpose in OBJECTIVES)


def names() -> str:
    """Every indicator's id and whether it decides how an objective stands: what a configuration may name."""
    return json.dumps({one.id: one.core and not one.explains for one in CATALOGUE}, indent=1) + "\n"


def write(file: Path = FILE, listed: Path = INDICATORS) -> bool:
    """Write the page, and the names of indicators; whether one of them was stale."""
    wanted = {file: page(), listed: names()}
    stale = [one for one, text in wanted.items() if not one.exists() or one.read_text() != text]
    for one in stale:
        one.write_text(wanted[one])
    return bool(stale)


def _objective(purpose: Purpose) -> str:
    mine = [one for one in CATALOGUE if one.objective is purpose.objective]
    proxy = f" {purpose.proxy}" if purpose.proxy else ""
    return f"\n## {purpose.objective.label}\n\n{purpose.meaning}{proxy}\n" + "".join(map(_indicator, mine))


def _indicator(one: Indicator) -> str:
    star = " ★" if one.core else ""
    lines = [
        f"- **{one.family.label}** · {one.unit} · {DIRECTIONS[one.better]} · {_summary(one)}",
        f"- reads {', '.join(f'`{table}`' for table in tables_of(one.facts))}",
        *_target(one.target),
        *([f"- never shown without {', '.join(f'`{name}`' for name in one.guards)}"] if one.guards else []),
        *([f"- misread: {one.misuse}"] if one.misuse else []),
    ]
    return f"\n### {one.name}{star} (`{one.id}`)\n\n{one.definition}\n\n" + "\n".join(lines) + "\n"


def _summary(one: Indicator) -> str:
    return WORDS[one.summary]


def _target(target: Target | None) -> Iterable[str]:
    if target is None:
        return []
    aim = f"{target.value:g}" if target.value is not None else f"{target.low:g} to {target.high:g}"
    return [f"- target {aim} ({target.source}), unless the configuration sets another"]
