"""Whether the files that change most get more complicated: the slope of their indentation over month ends."""

import pandas as pd

from metrics.frames import frame_of
from metrics.model import Frame
from metrics.month_ends import ANYWHERE, KIND
from metrics.statistics import median, theil_sen

NEEDS = 6  # month ends
LONGEST = 12  # month ends that a slope looks back on
MONTH = pd.Timedelta(days=30.4375)


def complexity_trends(
    file_snapshots: Frame, file_facts: Frame, file_change_facts: Frame, hotspot_facts: Frame
) -> Frame:
    """One row per hotspot and month's end: key, repository, team, path, at, until, points (how many month ends),
    value (the change of its logical indentation a month, in percent of its middle level; null with under 6 points).

    The slope is the median of those between all pairs of month ends (Theil-Sen). A reformatting commit starts a series
    anew. The hotspots are those of the newest copy.
    """
    hot = hotspot_facts[hotspot_facts["until"].isna() & hotspot_facts["is_hotspot"].fillna(False).astype(bool)]
    files = file_facts[file_facts["key"].isin(hot["key"])]
    place = ["source", "repository_id", "path"]
    about = files[[*place, "key", "repository", "team"]]
    points = file_snapshots[[*place, "at", "indentation"]].merge(about, on=place, how="inner")
    points = points[points["indentation"].notna()].sort_values(["key", "at"])
    reformats = file_change_facts[file_change_facts["left_out"] == "reformat"].groupby("key")["at"].max()
    since = reformats.reindex(points["key"]).set_axis(points.index)
    points = points[since.isna() | (points["at"] > since)]
    rows = [row for _, one in points.groupby("key", sort=True) for row in _slopes(one)]
    text = dict.fromkeys(("path", "key", "repository", "team"), "str")
    return frame_of(rows, text | {"at": KIND, "until": KIND, "points": "int64", "value": "float64"})


def _slopes(points: Frame) -> list[dict[str, object]]:
    """One row for each month's end of a file, from those up to it."""
    at, levels = points["at"].reset_index(drop=True), points["indentation"].astype("float64").tolist()
    months = ((at - at.iloc[0]) / MONTH).round().tolist()
    about = {str(name): value for name, value in points.iloc[0][["path", "key", "repository", "team"]].items()}
    rows: list[dict[str, object]] = []
    for end in range(len(at)):
        start = max(0, end + 1 - LONGEST)
        value = relative_slope(levels[start : end + 1], months[start : end + 1])
        until = at[end + 1] - ANYWHERE if end + 1 < len(at) else pd.NaT
        rows.append(about | {"at": at[end] - ANYWHERE, "until": until, "points": end + 1 - start, "value": value})
    return rows


def relative_slope(levels: list[float], months: list[float]) -> float | None:
    """The Theil-Sen slope a month, in percent of the median level; None with under 6 points or a level of 0."""
    slope, level = theil_sen(levels, months), median(levels)
    if len(levels) < NEEDS or slope is None or not level:
        return None
    return 100 * slope / level
