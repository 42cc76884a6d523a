"""Tables of figures side by side: by team, by repository."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from metrics.catalogue import INDICATORS
from reports.content import Cell, Column, Heading, Table
from reports.reading import Reading


def by_team(reading: Reading, *indicators: str) -> Table:
    """Some figures for each team that may be shown by itself."""
    rows = [(reading.team_name(team), _cells(reading, indicators, team=team)) for team in reading.teams]
    return _table("By team", "team", indicators, rows, "No team is configured, or none is large enough to be shown.")


def by_repository(reading: Reading, repositories: Sequence[str], *indicators: str) -> Table:
    """Some figures for each repository."""
    rows = [(name, _cells(reading, indicators, repository=name)) for name in repositories]
    return _table("By repository", "repository", indicators, rows, "No repository has been synced.")


def days(moments: pd.Series) -> list[date | None]:
    """The days of moments, as cells."""
    return [None if pd.isna(moment) else moment.date() for moment in moments]


def _cells(reading: Reading, indicators: Sequence[str], **scope: str) -> list[Cell]:
    totals = [reading.result(one, **scope).total for one in indicators]
    return [cell for total in totals for cell in (total.value, total.n)]


def _table(title: str, first: str, indicators: Sequence[str], rows: list[tuple[str, list[Cell]]], empty: str) -> Table:
    kinds = [INDICATORS[one] for one in indicators]
    headings = [
        heading
        for one in kinds
        for heading in (Heading(one.name, Column.NUMBER, one.unit.value, one.id), Heading("n", Column.NUMBER, "count"))
    ]
    known = [(name, cells) for name, cells in rows if any(cells)]
    return Table(title, (Heading(first), *headings), tuple((name, *cells) for name, cells in known), empty)
