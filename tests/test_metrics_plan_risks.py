"""What threatens a plan, on the portfolio that is worked out in the tests of joint forecasts."""

import pandas as pd
from issue_rows import facts_of, together
from plan_rows import TEAMS, portfolio

from metrics import open_epics as plans_
from metrics.open_epics import Plans, open_epics
from metrics.plan_paths import epic_paths
from metrics.plan_risks import plan_risks

STILL = pd.NaT


def test_an_unlikely_date_is_a_risk_with_its_evidence():
    plans = Plans(facts_of(together(*portfolio()), TEAMS, *plans_.FACTS), TEAMS)
    rows = plan_risks(plans, open_epics(plans))
    # The second of the two epics is done a week after its date, in every draw.
    assert rows[["key", "risk", "evidence"]].to_numpy().tolist() == [
        ["PAY-2", "less likely than not", "0 % likely by 06 Dec 2026"]
    ]


def test_code_in_the_path_of_an_epic_is_that_which_its_pull_requests_changed():
    linked = pd.DataFrame({"issue": [0, 1, 2, None], "key": ["a/b#1", "a/b#2", "a/b#3", "a/b#4"]})
    changes = pd.DataFrame(
        {
            "change": ["a/b#1", "a/b#1", "a/b#2", "a/b#3", "a/b#4"],
            "key": ["x.py", "y.py", "x.py", "z.py", "v.py"],
        }
    )
    knowledge = pd.DataFrame({"key": ["x.py", "y.py", "z.py"], "authors": [1, 3, 1], "until": [STILL] * 3})
    items = pd.DataFrame({"item": [0, 1, 2], "epic": [7, 7, 8], "end": [STILL, STILL, pd.Timestamp("2026-01-09")]})
    # Epic 7 changed x (one author) twice and y (three); the only item of epic 8 has left it.
    found = epic_paths(linked, changes, knowledge, items)
    assert found.to_dict("records") == [{"plan": 7, "files": 2, "alone": 1}]
    assert epic_paths(linked[:0], changes, knowledge, items).empty
