"""Roadmap and forecasts: every open epic with its probability, its dates and what moved, and whether we were right."""

from collections.abc import Sequence

import pandas as pd

from metrics.model import Frame
from metrics.open_epic_rows import CONCERN
from metrics.open_epics import Plans, open_epics, undecided
from reports.content import Cell, Column, Heading, Section, Table
from reports.reading import Reading
from reports.sentences import counted, day, told
from reports.tables import days

MOST = 30
HEADINGS = (
    Heading("epic"),
    Heading("title"),
    Heading("team"),
    Heading("due", Column.DAY),
    Heading("likely by then", Column.PERCENT, "%"),
    Heading("85 % date", Column.DAY),
    Heading("moved", Column.NUMBER, "d"),
    Heading("scope", Column.PERCENT, "%"),
    Heading("open items", Column.NUMBER, "count"),
    Heading("notes"),
)


def section(reading: Reading) -> Section:
    """The section."""
    epics = open_epics(reading.plans)
    figures = reading.figures("epic_forecast", "epic_scope_growth", "due_date_slip", "forecast_calibration")
    return Section(
        "roadmap",
        "Roadmap and forecasts",
        (
            *_sentences(epics),
            told(figures[0], "The median epic in progress is {value} likely by its date"),
            *_records(reading),
        ),
        figures=figures,
        tables=(_table(reading, epics),),
        sources=("Issues of the type epic, their items and due dates; simulated from what each team finished.",),
    )


def printed(plans: Plans) -> Frame:
    """The open epics that the section lists."""
    return open_epics(plans).head(MOST)


def _sentences(epics: pd.DataFrame) -> list[str]:
    if epics.empty:
        return ["Not measured: no open epic is known."]
    dated = epics[epics["probability"].notna()]
    as_of = day(epics["as_of"].iloc[0].date())
    doubtful = int((dated["probability"] < CONCERN).sum())
    said = f"{counted(len(epics), 'open epic')} as of {as_of}, {len(dated)} with a forecast of their date"
    return [f"{said}; {doubtful} of these are less likely than {CONCERN} % by then."]


def _records(reading: Reading) -> list[str]:
    simulated, corrected, throughput = reading.plans.records
    dates = [f"Dates of epics: {simulated.words}"]
    if reading.plans.learned is not None and corrected.n:
        dates.append(f"Dates as corrected: {corrected.words}")
    return [*dates, f"Throughput of teams, four weeks ahead: {throughput.words}"]


def undecided_table(reading: Reading) -> Table:
    """The open epics that need a decision."""
    title = "Plans that need a decision, the least probable first"
    empty = "No open epic is under 85 % likely or later than a month ago."
    return _listed(reading, undecided(open_epics(reading.plans)), title, empty)


def _table(reading: Reading, epics: Frame) -> Table:
    empty = "No open epic is known: nothing to forecast."
    return _listed(reading, epics, "Open epics, the least probable first", empty)


def _listed(reading: Reading, epics: Frame, title: str, empty: str) -> Table:
    shown = epics.head(MOST)
    given = shown["standing"].isin(["on track", "watch", "concern"])
    notes = shown["risks"].where(given, shown["standing"])
    columns: list[Sequence[Cell]] = [
        shown["key"].tolist(),
        [reading.text(name) for name in shown["title"]],
        [reading.team_name(team) for team in shown["team"]],
        days(shown["due_on"]),
        _numbers(shown["probability"]),
        days(shown["p85_on"]),
        _numbers(shown["moved"]),
        _numbers(shown["grown"]),
        _numbers(shown["remaining"]),
        notes.tolist(),
    ]
    rows = tuple(zip(*columns, strict=True))
    return Table(title, HEADINGS, rows, empty, more=len(epics) - len(shown))


def _numbers(column: pd.Series) -> list[Cell]:
    return [None if pd.isna(value) else float(value) for value in column]
