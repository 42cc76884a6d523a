"""One fact row per completed sprint: what was promised, what became of it, and what is odd about it."""

import pandas as pd

from metrics.model import Frame
from metrics.sprints import by_sprint

OVERRUN = pd.Timedelta(days=1)
NO_GOAL, LATE_END, ALL_NEW, NOTHING = "no goal", "closed late", "more added than committed", "nothing committed"
AT_ONCE = "scope added within a day of its start"
OF_SPRINT = ["source", "key", "name", "goal", "start_at", "end_at"]


def sprint_reviews(sprints: Frame, sprint_item_facts: Frame) -> Frame:
    """One row per completed sprint, the newest first.

    Columns: key, name, team, project, start_at, end_at (planned), complete_at; numbers of issues: committed, open (of
    them, not done at the start), kept (of those, done at the end), added, removed, completed, not_completed (carried
    over); say_do (percent; null where nothing was open), changed (scope change in percent of what was committed) and
    oddities: no goal, closed more than a day late, scope added within a day of its start (a commitment that was made
    too early to be one), more added than committed, nothing committed.
    """
    named = sprints.rename(columns={"id": "key"})[OF_SPRINT].drop_duplicates(["source", "key"])
    rows = by_sprint(sprint_item_facts).merge(named, on=["source", "key"], how="left")
    rows["say_do"] = 100 * rows["kept"] / rows["open"].where(rows["open"] > 0)
    rows["changed"] = 100 * (rows["added"] + rows["removed"]) / rows["committed"].where(rows["committed"] > 0)
    rows["oddities"] = _oddities(rows)
    return rows.drop(columns=["goal", "source"]).sort_values(
        ["complete_at", "key"], ascending=[False, True], kind="stable", ignore_index=True
    )


def _oddities(rows: Frame) -> pd.Series:
    parts = {
        NO_GOAL: rows["goal"].fillna("").str.strip() == "",
        AT_ONCE: rows["added_at_once"] > 0,
        LATE_END: rows["complete_at"] > rows["end_at"] + OVERRUN,
        ALL_NEW: rows["added"] > rows["committed"],
        NOTHING: rows["committed"] == 0,
    }
    text = pd.Series("", index=rows.index, dtype="str")
    for word, holds in parts.items():
        text = text.where(~holds.fillna(False).astype(bool), text + ", " + word)
    return text.str.removeprefix(", ")
