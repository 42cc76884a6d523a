"""Plans: will epics meet their dates, were we right before, and how far did dates and scope move."""

import pandas as pd

from metrics.epic_scope import LEAST_ITEMS
from metrics.flow import is_tracker_missing
from metrics.issues import excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Target, Unit
from metrics.observations import days, observe, unless_missing
from metrics.track_record import LEVEL

BEFORE = pd.Timedelta(microseconds=1)  # what is known at a Monday's midnight is of the week that ends there
CANCELLED, NO_DATE, NO_BASELINE = "cancelled", "no due date", "no date at its start"
SMALL = f"fewer than {LEAST_ITEMS} items at its start"
LEAST_NOTED = 0.7


def epic_forecast(epic_forecasts: Frame, epics: Frame) -> Observations:
    """The probability of each open epic to be done by its due date, simulated from what its team finished in a week.

    All open epics of a team share its weeks; scope grows as it did; where earlier forecasts did not hold, this one is
    corrected by what came. A forecast is made every fourth Monday and the last one, and holds until the next; the value
    is the median of the epics. Left out, with the reason: epics without a date, and those that cannot be forecast.
    """
    rows = epic_forecasts.sort_values(["key", "as_of"], kind="stable", ignore_index=True)
    following = rows["as_of"].shift(-1).where(rows["key"] == rows["key"].shift(-1))
    until = following.where(~(rows["done_at"] < following.fillna(rows["done_at"] + BEFORE)), rows["done_at"])
    unknown = rows["probability"].isna()
    reasons = {str(word): unknown & (rows["refusal"] == word) for word in rows["refusal"].dropna().unique()}
    seen = observe(
        rows,
        at=rows["as_of"] - BEFORE,
        until=until - BEFORE,
        value=100 * rows["probability"],
        excluded=reasons | {NO_DATE: rows["due_at"].isna()},
    )
    return _known(seen, epics)


def forecast_calibration(throughput_forecasts: Frame, issues: Frame) -> Observations:
    """The share of past 85 % forecasts of a team's throughput that came true; 85 of 100 should, no more and no fewer.

    Every fourth Monday the number of issues that would be finished in the next four weeks with 85 % is reckoned from
    what was known then; what was shown in that week counts instead, where anything was. A row is a forecast whose weeks
    are over, by team and day; no two of a team overlap.
    """
    rows = throughput_forecasts
    hit = (rows["needed"] <= LEVEL).astype("float64")
    seen = observe(rows, at=rows["scored_at"] - BEFORE, value=hit)
    return unless_missing(seen, is_tracker_missing(issues))


def epic_on_time_rate(epics: Frame) -> Observations:
    """The share of finished epics that were done by the date that was promised when they were begun.

    A date that was moved later does not count, nor one that was set later: an epic without a date at its start is left
    out, as is a cancelled one. Done on the day itself is on time.
    """
    rows = epics[epics["done_at"].notna()]
    on_time = (rows["done_at"] < rows["first_due_at"]).astype("float64")
    left_out = {CANCELLED: rows["is_cancelled"], NO_BASELINE: rows["first_due_at"].isna()}
    return _known(observe(rows, at=rows["done_at"], value=on_time, excluded=left_out), epics)


def due_date_slip(epic_due_dates: Frame, epics: Frame) -> Observations:
    """Days by which the due date of an epic in progress has moved since it was begun; the median of the epics.

    Pulled in counts below zero, never moved is zero. Left out: epics without a date at their start or without one now.
    """
    rows = epic_due_dates.merge(epics.drop(columns=["due_at", "due_on"]), on="epic", suffixes=("", "_epic"))
    rows = rows[rows["started_at"].notna() & (rows["end"].isna() | (rows["end"] > rows["started_at"]))]
    at = rows["start"].where(rows["start"] >= rows["started_at"], rows["started_at"])
    until = rows["end"].where(~(rows["done_at"] < rows["end"].fillna(rows["done_at"] + BEFORE)), rows["done_at"])
    over = rows["done_at"] <= at
    slip = days(rows["due_at"] - rows["first_due_at"]).round()
    left_out = {
        CANCELLED: rows["is_cancelled"],
        NO_BASELINE: rows["first_due_at"].isna(),
        NO_DATE: rows["due_at"].isna(),
    }
    return _known(observe(rows, at=at.where(~over), until=until, value=slip, excluded=left_out), epics)


def epic_scope_growth(epic_scopes: Frame, epics: Frame) -> Observations:
    """Items in an epic in progress beyond those it held when it was begun, in percent of these.

    The value is the median of the epics. Cancelled items are no longer in it. Left out: epics with fewer than five
    items at their start, cancelled ones.
    """
    rows = epic_scopes
    grown = 100 * (rows["held"] - rows["at_start"]) / rows["at_start"].where(rows["at_start"] > 0)
    small = {CANCELLED: rows["is_cancelled"], SMALL: rows["at_start"] < LEAST_ITEMS}
    return _known(observe(rows, at=rows["start"], until=rows["end"], value=grown, excluded=small), epics)


def epics_in_progress(active_epics: Frame, epics: Frame) -> Observations:
    """How many epics are worked on at once: an item in progress, and a change of an item in the 14 days before.

    A row's value is how many days it has gone on without a pause. Left out: cancelled epics.
    """
    rows = active_epics
    lasted = days(rows["end"] - rows["start"])
    out = {CANCELLED: rows["is_cancelled"]}
    return _known(observe(rows, at=rows["start"], until=rows["end"], value=lasted, excluded=out), epics)


def epic_spi(epic_progress: Frame, epics: Frame) -> Observations:
    """The share of an epic's items that is done, divided by the share of its planned time that has passed.

    Planned is the time from its start to the date promised then. Below 1 it is behind an even pace. Each week's end
    counts; the value is the median of the epics in progress. Left out: the first two weeks, epics without a date at
    their start, cancelled ones.
    """
    rows = epic_progress
    share = rows["done"] / rows["items"].where(rows["items"] > 0)
    return _weekly(rows, share / rows["elapsed"], {NO_BASELINE: rows["first_due_at"].isna()}, epics)


def epic_cpi(epic_progress: Frame, epics: Frame) -> Observations:
    """The hours that an epic's done items would usually have taken, divided by the hours booked on it.

    Usual are the hours booked on a finished item of the project's other epics, so this compares with the team's own
    past, not with a budget. Below 1 it costs more than usual. Left out: epics of whose done items fewer than 70 % have
    hours booked, cancelled ones. Not known where no hours are booked at all.
    """
    rows = epic_progress
    noted = rows["noted"] / rows["done"].where(rows["done"] > 0)
    earned = rows["noted"] * rows["usual"]
    seen = _weekly(
        rows,
        earned / rows["booked"].where(rows["booked"] > 0),
        {"hours booked on fewer than 70 % of its items": ~(noted >= LEAST_NOTED)},
        epics,
    )
    return unless_missing(seen, not (rows["booked"] > 0).any())


def cross_team_wait(cross_team_waits: Frame, issues: Frame) -> Observations:
    """Days for which a finished issue waited, while it was in progress, for an issue of another team.

    It waits from the link "is blocked by" to the other's finish; a link that was made late makes it a lower bound. Only
    issues that waited count. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = cross_team_waits
    seen = observe(rows, at=rows["done_at"], value=days(rows["waited"]), excluded=excluded(rows))
    return unless_missing(seen, is_tracker_missing(issues))


def _weekly(rows: Frame, value: pd.Series, left_out: dict[str, pd.Series], epics: Frame) -> Observations:
    """Values that hold from one week's end to the next, or to the epic's own."""
    until = rows["as_of"] + pd.Timedelta(days=7)
    until = until.where(~(rows["done_at"] < until), rows["done_at"])
    reasons = {CANCELLED: rows["is_cancelled"]} | left_out
    seen = observe(rows, at=rows["as_of"] - BEFORE, until=until - BEFORE, value=value, excluded=reasons)
    return _known(seen, epics)


def _known(seen: Observations, epics: Frame) -> Observations:
    return unless_missing(seen, epics.empty, Reason.NO_DATA)


INDICATORS = (
    Indicator(
        "epic_forecast",
        "Probability of meeting the date",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.OPEN_MEDIAN,
        formula=epic_forecast,
        core=True,
        target=Target(value=85, source="convention: 85 % is on track, below 50 % a concern"),
        misuse="Promising the median date means being late every other time.",
    ),
    Indicator(
        "forecast_calibration",
        "Forecasts that came true",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=forecast_calibration,
        misuse="Hiding bad months; more than 85 of 100 means too much caution, not better forecasts.",
    ),
    Indicator(
        "epic_on_time_rate",
        "Epics finished on time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=epic_on_time_rate,
        core=True,
        misuse="Moving the date does not help, it is held against the first one; late first dates would.",
    ),
    Indicator(
        "due_date_slip",
        "Due-date slip",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.OPEN_MEDIAN,
        formula=due_date_slip,
        misuse="A date that never moves may be one that nobody looks at.",
    ),
    Indicator(
        "epic_scope_growth",
        "Scope growth of epics",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.OPEN_MEDIAN,
        formula=epic_scope_growth,
        exceeds_100=True,
        misuse="Splitting items raises it without more work; forbidding discoveries hides the work.",
    ),
    Indicator(
        "epics_in_progress",
        "Epics in parallel",
        objective=Objective.STRATEGIC_ALIGNMENT,
        family=Family.PLANNING,
        unit=Unit.COUNT,
        better=Better.LOWER,
        summary=Summary.LEVEL,
        formula=epics_in_progress,
        misuse="Larger epics make fewer of them.",
    ),
    Indicator(
        "epic_spi",
        "Schedule performance of epics",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.RATIO,
        better=Better.HIGHER,
        summary=Summary.OPEN_MEDIAN,
        formula=epic_spi,
        target=Target(value=1, source="AgileEVM: 1 is on schedule"),
        misuse="Items are not alike; the forecast says more about the date.",
    ),
    Indicator(
        "epic_cpi",
        "Cost performance of epics",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.RATIO,
        better=Better.HIGHER,
        summary=Summary.OPEN_MEDIAN,
        formula=epic_cpi,
        target=Target(value=0.95, source="convention: 0.95 or more is within cost"),
        misuse="Hours booked are not money spent, and usual hours are no budget.",
    ),
    Indicator(
        "cross_team_wait",
        "Waiting for another team",
        objective=Objective.STRATEGIC_ALIGNMENT,
        family=Family.PLANNING,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=cross_team_wait,
        misuse="Work that is not linked waits unseen.",
    ),
)
