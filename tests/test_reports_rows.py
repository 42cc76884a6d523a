"""The rows behind a figure as a report lists them: what is not known is empty, never a number that is none."""

import json

import numpy as np
import pandas as pd
import pytest

from metrics.catalogue import INDICATORS
from reports.reading import ROW_COLUMNS, _rows

MOMENT = pd.Timestamp("2026-11-02 10:00", tz="UTC")


@pytest.mark.parametrize(
    ("teams", "shown"),
    [
        ([], []),
        (["web"], ["WEB"]),
        ([None], [None]),
        ([np.nan], [None]),
        ([None, "web"], [None, "WEB"]),
        (["web", None], ["WEB", None]),
        (["web", np.nan, "app"], ["WEB", None, "APP"]),
        ([None, None, "app", "app"], [None, None, "APP", "APP"]),
    ],
)
@pytest.mark.parametrize("kind", ["object", "str"])
def test_a_row_of_no_team_stands_among_those_of_teams(teams, shown, kind):
    seen = pd.DataFrame(dict.fromkeys(ROW_COLUMNS), index=range(len(teams)))
    seen = seen.assign(key="acme/app", at=MOMENT, value=1.0, team=pd.Series(teams, dtype=kind))
    found = _rows(INDICATORS["change_fail_rate"], seen, str.upper).rows
    assert [row[ROW_COLUMNS.index("team")] for row in found] == shown
    json.dumps([row[ROW_COLUMNS.index("team")] for row in found], allow_nan=False)


def test_a_value_that_is_not_known_and_a_moment_that_is_not_are_empty():
    seen = pd.DataFrame({name: [None] for name in ROW_COLUMNS})
    seen = seen.assign(at=pd.Series([pd.NaT], dtype="datetime64[us, UTC]"), value=[np.nan])
    assert _rows(INDICATORS["change_fail_rate"], seen, str.upper).rows == ((None,) * len(ROW_COLUMNS),)
