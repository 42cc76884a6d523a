"""One fact row per team and four weeks: how many items were promised with 85 %, and how many were finished."""

import pandas as pd

from metrics.calendar_weeks import monday, start_of, week_of
from metrics.model import Frame
from metrics.organisation import UNASSIGNED, Organisation
from metrics.portfolio import counts, holding
from metrics.told import as_told
from metrics.track_record import HORIZON, Scored, back_test
from metrics.weeks_off import weeks_off

DRAWS = 2_000
COLUMNS = {"key": "str", "team": "str"} | dict.fromkeys(
    ("promised", "actual", "needed", "loss", "naive_loss"), "float64"
)


def throughput_forecasts(
    issue_facts: Frame,
    done_span_facts: Frame,
    told_forecast_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per team and forecast whose outcome is known: made every fourth Monday, of the four weeks after it.

    Columns: key (team and day of the forecast), team, scored_at (the end of the four weeks), promised (issues, with
    85 %), actual, needed (the level at which it would have held), loss and naive_loss (pinball), is_told (promised is
    what was told in that week, and needed is 0 or 1: held or not; others are rebuilt from what was known then).
    """
    timezone = organisation.calendar.timezone
    known_team = issue_facts["team"] != UNASSIGNED
    names = issue_facts["team"].where(known_team) if known_team.any() else issue_facts["team"]
    teams = sorted(names.dropna().unique())
    done = done_span_facts.assign(
        week=week_of(done_span_facts["start"], timezone),
        team=pd.Categorical(names.reindex(done_span_facts["item"]), teams).codes,
    )
    done = done[done["team"] >= 0]
    first = int(done["week"].min()) if len(done) else 0
    last = int(week_of(issue_facts["seen_at"], timezone).max()) if len(done) else first
    known = {
        week - first: counts(holding(done, start_of(week, timezone)), "team", len(teams), week - first, first)
        for week in range(first + -first % HORIZON, last + 1, HORIZON)
    }
    off = {team: weeks_off(team, first, last, organisation, noted_holiday_facts) for team in teams}
    lines = [
        (f"{team} {monday(first + one.origin)}", team, one)
        for code, team in enumerate(teams)
        for one in back_test(
            {weeks: table[code] for weeks, table in known.items()},
            team,
            lambda origin, mine=off[team]: mine.known_when(first + origin, timezone),  # type: ignore[misc]
            draws=DRAWS,
        )
    ]
    rows = pd.DataFrame([tuple(line) + _scores(one) for *line, one in lines], columns=list(COLUMNS)).astype(COLUMNS)
    ends = pd.Series(
        [start_of(first + one.origin + HORIZON, timezone) for *_, one in lines], dtype="datetime64[us, UTC]"
    )
    return as_told(rows.assign(scored_at=ends), told_forecast_facts)


def _scores(one: Scored) -> tuple[float, ...]:
    return one.promised, one.actual, one.needed, one.loss, one.naive_loss
