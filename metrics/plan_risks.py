"""What threatens each open plan, with what is seen of it."""

import pandas as pd

from metrics.model import Frame
from metrics.open_epic_rows import CONCERN, LATELY
from metrics.open_epics import Plans

COLUMNS = ["key", "title", "url", "team", "risk", "evidence"]
ONE_PERSON, LEAST_FILES = 0.5, 5  # of the files in its path; how many there must be


def plan_risks(plans: Plans, rows: Frame) -> Frame:
    """One row per risk of an open plan, in the order of `rows` (of open_epics): key, title, url, team, risk, evidence.

    Less likely than not; its date is past; scope outruns delivery; items in progress for longer than is usual in its
    team; code in its path that one person wrote: half or more of at least five files that its pull requests
    changed have a single author. Who that is, is not said.
    """
    rows = rows.reset_index(drop=True)
    files = plans.facts[plans.kind.paths].set_index("plan")
    by_key = plans.rows.set_index("key")["epic"]
    known = files.reindex(by_key.reindex(rows["key"])).set_axis(rows.index)
    outrun = rows["team"].isin(plans.outrun) & (rows["added"] > 0)
    percent, late = rows["probability"].round(0).astype("Int64").astype("str"), rows["due_on"].dt.strftime("%d %b %Y")
    share = known["alone"] / known["files"].where(known["files"] >= LEAST_FILES)
    parts = {
        "less likely than not": (rows["probability"] < CONCERN, percent + " % likely by " + late),
        "date is past": (rows["due_on"] + pd.Timedelta(days=1) <= rows["as_of"], "due " + late),
        "scope outruns delivery": (outrun, _rounded(rows["added"] * LATELY) + f" items added in {LATELY} weeks"),
        "items older than usual": (
            rows["ageing"] > 0,
            rows["ageing"].astype("str") + " in progress for longer than 85 % of those that its team finished",
        ),
        "one-person code in its path": (
            share >= ONE_PERSON,
            _rounded(known["alone"]) + " of " + _rounded(known["files"]) + " files that it changed have one author",
        ),
    }
    found = [
        rows[COLUMNS[:4]].assign(risk=risk, evidence=said)[holds.fillna(False).astype(bool)]
        for risk, (holds, said) in parts.items()
    ]
    return pd.DataFrame(pd.concat(found).sort_index(kind="stable")).reset_index(drop=True)


def _rounded(numbers: pd.Series) -> pd.Series:
    return numbers.round(0).astype("Int64").astype("str")
