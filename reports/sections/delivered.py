"""Delivered and predictability: what was finished, whether by the day that was promised, and how long it took."""

import pandas as pd

from metrics.model import Frame
from reports.content import Column, Heading, Section, Table
from reports.reading import Reading
from reports.sentences import told
from reports.spans import quarter_start
from reports.tables import by_team, days

HEADINGS = (
    Heading("epic"),
    Heading("title"),
    Heading("team"),
    Heading("promised at its start", Column.DAY),
    Heading("finished", Column.DAY),
    Heading("days after the promise", Column.NUMBER, "d"),
)
DAY = pd.Timedelta(days=1)


def section(reading: Reading) -> Section:
    """The section."""
    throughput, on_time, kept, took, lead = reading.figures(
        "throughput", "epic_on_time_rate", "sprint_say_do", "issue_cycle_time", "issue_lead_time"
    )
    half = "Half of the items took {value} or less" + (", 85 % took {p85} or less" if took.p85 is not None else "")
    return Section(
        "delivered",
        "Delivered and predictability",
        (
            told(throughput, "{value} items were finished, {before} in the period before"),
            _of_quarter(reading),
            told(on_time, "{value} of {n} finished epics were done by the date promised at their start"),
            told(kept, "Teams finished {value} of what {n} sprints started with"),
            told(took, half),
        ),
        figures=(throughput, on_time, kept, took, lead),
        charts=(reading.trend("throughput"), reading.trend("issue_cycle_time")),
        tables=(_finished(reading), by_team(reading, "throughput", "issue_cycle_time", "sprint_say_do")),
        sources=("Issues and their histories; sprints as they were started and closed.",),
    )


def _of_quarter(reading: Reading) -> str:
    """Of the epics due in the quarter so far, how many were done by their original date."""
    epics, end = _epics(reading), pd.Timestamp(reading.period.end)
    due = epics[(epics["first_due_at"] > quarter_start(reading.period)) & (epics["first_due_at"] <= end)]
    if due.empty:
        return "No epic was due this quarter by the date promised at its start."
    kept = int((due["done_at"] < due["first_due_at"]).sum())
    return f"{kept} of {len(due)} epics due this quarter so far were finished by their original date."


def _finished(reading: Reading) -> Table:
    epics, period = _epics(reading), reading.period
    done = epics[(epics["done_at"] >= period.start) & (epics["done_at"] < period.end)].sort_values(["done_at", "key"])
    promised, finished = days(done["first_due_at"] - DAY), days(done["done_at"])
    late = [
        None if aim is None or end is None else (end - aim).days for aim, end in zip(promised, finished, strict=True)
    ]
    titles = [reading.text(title) for title in done["title"]]
    columns = (done["key"].tolist(), titles, map(reading.team_name, done["team"]), promised, finished, late)
    return Table("Epics finished", HEADINGS, tuple(zip(*columns, strict=True)), "No epic was finished.")


def _epics(reading: Reading) -> Frame:
    epics = reading.loaded.facts["epics"]
    return epics[~epics["is_cancelled"]]
