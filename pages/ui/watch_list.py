"""The watch list: what has no usual range and deserves an eye."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from metrics import watch_list
from metrics.model import Frame
from pages.ui import figures, filters, results, words
from pages.ui.judged import recent_weeks
from pages.ui.places import name_of
from pages.ui.plain_table import Cell, link, table
from pages.ui.view import View

SHOWN = 3


@dataclass(frozen=True)
class Found:
    """Everything to watch, wherever it is."""

    people: Frame
    drift: Frame
    hotspots: Frame
    loads: Frame


def _found(view: View) -> Found:
    return _watched((view.source.key, view.scope.end), view)


@st.cache_resource(max_entries=4, show_spinner=False)
def _watched(key: tuple[tuple[str, str, str], datetime], _view: View) -> Found:
    facts = _view.loaded.facts
    return Found(
        watch_list.known_by_one(facts["truck_factors"]),
        watch_list.drift_jumps(facts["dependencies"]),
        watch_list.new_hotspots(facts["hotspots"]),
        watch_list.load_moves(facts["review_loads"], pd.Timestamp(_view.scope.end)),
    )


def show(view: View) -> None:
    """One row for each thing to watch, with what it is and whose."""
    st.subheader("Watch list")
    rows = [*_people(view), *_drift(view), *_hotspots(view), *_loads(view)]
    if not rows:
        st.caption(
            "Nothing to watch: no repository rests on one person, no dependency jumped, no file became a hotspot, no "
            "team's reviews moved to other shoulders. Without `[[git]]` the first three are not known."
        )
        return
    table("States taken at each month's end; none of them has a usual range.", ["what", "where", "team"], rows)


def _within(view: View, rows: Frame) -> Frame:
    scope = view.scope
    rows = rows[rows["team"] == scope.team] if scope.team else rows
    return rows[rows["repository"] == scope.repository] if scope.repository and "repository" in rows else rows


def _people(view: View) -> list[list[Cell]]:
    rows = _within(view, _found(view).people)
    return [
        ["knowledge rests on one person", _figure(view, "truck_factor", repository=row["repository"]), _team(view, row)]
        for row in rows.head(SHOWN).to_dict("records")
    ]


def _drift(view: View) -> list[list[Cell]]:
    rows = _within(view, _found(view).drift)
    return [
        [
            f"dependencies from {row['before']:.1f} to {row['now']:.1f} libyears behind since the month's end before",
            _figure(view, "libyear", repository=row["repository"]),
            _team(view, row),
        ]
        for row in rows.head(SHOWN).to_dict("records")
    ]


def _hotspots(view: View) -> list[list[Cell]]:
    rows = _within(view, _found(view).hotspots)
    return [
        [
            "new hotspot since the month's end before",
            link("tech_debt", f"{row['repository'].rpartition('/')[2]}: {row['path']}", **_beside(row["repository"])),
            _team(view, row),
        ]
        for row in rows.head(SHOWN).to_dict("records")
    ]


def _loads(view: View) -> list[list[Cell]]:
    rows = _within(view, _found(view).loads)
    return [
        [
            f"review load concentration from {row['before']:.2f} to {row['now']:.2f} against the quarter before",
            _figure(view, "review_load_gini", team=row["team"]),
            _team(view, row),
        ]
        for row in rows.to_dict("records")
        if row["team"] in view.source.settings.teams
    ]


def _figure(view: View, indicator: str, team: str | None = None, repository: str | None = None) -> Cell:
    """Where it is, with the figure of the last four complete weeks there."""
    scope = replace(recent_weeks(view.scope), team=team, repository=repository)
    result = results.answer(view.source, indicator, scope)
    value = words.figure(result.indicator, result.total)
    return figures.of_result(result, f"{name_of(view, team, repository)}: {value}")


def _beside(repository: str) -> dict[str, str]:
    return {name: word for name, word in filters.in_url().items() if name != "team"} | {"repository": repository}


def _team(view: View, row: Mapping[Any, Any]) -> str:
    return name_of(view, row["team"])
