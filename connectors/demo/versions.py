"""Versions of the mobile application, one every four weeks, and what is meant for which."""

import pandas as pd

from connectors.demo.issues import BUG, STORY, TASK
from connectors.demo.organisation import NOBODY
from connectors.demo.pull_requests import Draw
from connectors.demo.working_time import DAY, Places

VERSIONS, VERSION_LASTS = 21, 28 * DAY
OF_VERSIONS = "mobile"


def version_id(turn: int) -> str:
    """The id of a version."""
    return str(800 + turn)


def version_name(turn: int) -> str:
    """What people call it."""
    return f"{2 + turn // 12}.{turn % 12}"


def version_turns(draw: Draw, every: pd.DataFrame) -> tuple[Places, Places]:
    """The version that each issue was first meant for, and the one that it is in now: turns, NOBODY for none.

    What is begun is meant for the next release, and what a release leaves behind moves to the one after it. Of what is
    not begun, some of the running epics' is meant for the next release.
    """
    now, start = draw.time.now, draw.time.start
    over = every["done"].fillna(every["cancelled"])
    planned = every["started"].isna() & over.isna() & (every["epic"] != NOBODY) & (every["number"] % 9 == 0)
    first: pd.Series = (every["started"].where(~planned, now) - start) // VERSION_LASTS
    last: pd.Series = (over.fillna(now) - start) // VERSION_LASTS
    mine = (every["team"] == draw.organisation.teams.index(OF_VERSIONS)) & every["type"].isin([STORY, TASK, BUG])
    mine &= (every["number"] % 7 != 0) & first.between(0, VERSIONS - 1)
    last = last.where(last > first, first).clip(upper=VERSIONS - 1)
    return first.where(mine, NOBODY).to_numpy(int), last.where(mine, NOBODY).to_numpy(int)
