"""What an analysis of the code found, as it was imported: the remediation cost against the cost of writing it."""

import pandas as pd

from metrics.model import Frame
from metrics.month_ends import KIND
from metrics.organisation import UNASSIGNED, Organisation


def debt_ratios(debt_ratios: Frame, organisation: Organisation) -> Frame:
    """One row per repository and measurement: key and repository, team (its owner), at (the day's end), until (the next
    measurement's day; null: it still holds), value (percent).
    """
    rows = debt_ratios.rename(columns={"ratio": "value"}).sort_values(["repository", "measured_on"])
    day = pd.to_datetime(rows["measured_on"], utc=True).astype(KIND) + pd.Timedelta(days=1)
    owner = rows["repository"].map(organisation.owners.get("repository", {})).astype("str").fillna(UNASSIGNED)
    until = day.groupby(rows["repository"]).shift(-1)
    return rows.assign(key=rows["repository"], team=owner, at=day, until=until).reset_index(drop=True)
