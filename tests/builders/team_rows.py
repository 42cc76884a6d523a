"""Who belonged to which team, and when."""

import pandas as pd

from metrics.organisation import Organisation


def memberships(*rows):
    """Memberships as (person, team) or (person, team, since, until), each as person and as account."""
    made = [
        {"kind": kind, "account": who, "team": team, "share": 1.0, "since": dates[0], "until": dates[1]}
        for who, team, *rest in rows
        for dates in [(rest or [None, None])]
        for kind in ("person", "github")
    ]
    frame = pd.DataFrame(made)
    for name in ("since", "until"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    return Organisation(memberships=frame)
