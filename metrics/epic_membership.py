"""Which issues are epics, and which epic an issue belonged to when: one relation that trackers tell in several ways."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.positions import position_of
from metrics.timelines import changes_of

EPIC_LEVEL = 1
LAST_RESORT = "epic"  # a type of this name, where a tracker has no levels and nobody configured any
TOLD_AS = ("epic", "parent")  # what histories call the change of an epic


def is_epic(issues: Frame, organisation: Organisation) -> pd.Series:
    """Whether each issue is an epic: by the configured types, else by the level of its type in the tracker.

    Where the tracker has no levels: what other issues name as their epic, and at last what is called so.
    """
    kind = issues["type"].str.lower()
    if organisation.epic_types:
        found = kind.isin(organisation.epic_types)
    else:
        named = _is_among(issues, issues["epic_id"])
        by_level = issues["level"] == EPIC_LEVEL
        found = by_level.fillna(False).astype(bool) | (issues["level"].isna() & (named | (kind == LAST_RESORT)))
    return (found & issues["status_id"].notna()).fillna(False).astype(bool)


def is_above_epics(issues: Frame, epics: pd.Series) -> pd.Series:
    """Whether each issue stands above epics and holds others: it is counted by what it holds."""
    highest = issues.loc[epics, "level"].max()
    above = issues["level"] > (EPIC_LEVEL if pd.isna(highest) else max(EPIC_LEVEL, int(highest)))
    return above.fillna(False).astype(bool) & _is_among(issues, issues["parent_id"])


def epic_now(issues: Frame, epics: pd.Series) -> pd.Series:
    """The id of each issue's epic: its parent where that is one, else the one that it is linked to; null for none."""
    parent = position_of(issues, issues, "parent_id")
    is_parent = parent.map(epics).fillna(False).astype(bool)
    return issues["parent_id"].where(is_parent, _only_epics(issues, issues, "epic_id", epics)).astype("str")


def epic_changes(issues: Frame, changes: Frame, epics: pd.Series) -> Frame:
    """The changes of the epic of each issue, as `changes_of` gives them, whether told of its epic or of its parent.

    A parent that is no epic, such as the story of a sub-task, is none here.
    """
    told = changes_of(issues, changes, *TOLD_AS)
    ends = {f"{side}_id": _only_epics(issues, told, f"{side}_id", epics) for side in ("from", "to")}
    told = told.assign(**ends)
    return told[told["from_id"].notna() | told["to_id"].notna() | (told["field"] == TOLD_AS[0])]


def _only_epics(issues: Frame, rows: Frame, column: str, epics: pd.Series) -> pd.Series:
    """The ids in a column of those that are epics, or are not here to be asked what they are."""
    place = position_of(issues, rows, column)
    return rows[column].where((place < 0) | place.map(epics).fillna(False).astype(bool)).astype("str")


def _is_among(issues: Frame, ids: pd.Series) -> pd.Series:
    named = issues[["source"]].assign(other=ids)
    places = position_of(issues, named, "other")
    return pd.Series(issues.index.isin(places[places >= 0]), index=issues.index)
