"""Tables of figures side by side: by team, by repository."""

from collections.abc import Sequence

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


def _cells(reading: Reading, indicators: Sequence[str], **scope: str) -> list[Cell]:
    figures = [reading.figure(one, **scope) for one in indicators]
    return [cell for one in figures for cell in (one.value, one.n)]


def _table(title: str, first: str, indicators: Sequence[str], rows: list[tuple[str, list[Cell]]], empty: str) -> Table:
    kinds = [INDICATORS[one] for one in indicators]
    headings = [
        heading
        for one in kinds
        for heading in (Heading(one.name, Column.NUMBER, one.unit.value, one.id), Heading("n", Column.NUMBER, "count"))
    ]
    known = [(name, cells) for name, cells in rows if any(cells)]
    return Table(title, (Heading(first), *headings), tuple((name, *cells) for name, cells in known), empty)
