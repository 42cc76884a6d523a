"""Waits for reviews and approvals, in elapsed and in the team's working hours."""

import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Target, Unit
from metrics.observations import hours, observe
from metrics.organisation import Organisation
from metrics.pull_requests import TOLD, drafted_again, is_judged, waited
from metrics.working_hours import working_clock


def review_waits(pull_request_facts: Frame, pull_request_events: Frame, organisation: Organisation) -> Frame:
    """One row per pull request: key, url, repository, team, author_class, reviewed_at, approved_at; and how it waited.

    Durations since it was ready: approval_wait (elapsed), and on the clock of the author's team review_wait_worked and
    approval_wait_worked; all without the time in draft again, and null without a review or an approval.
    """
    facts = pull_request_facts
    again = drafted_again(facts, pull_request_events)
    clock = {
        name: _clock(facts[name], facts["team"], organisation) for name in ("ready_at", "reviewed_at", "approved_at")
    }
    teams = facts["team"].reindex(again["item"]).set_axis(again.index)
    worked = again.assign(**{name: _clock(again[name], teams, organisation) for name in ("start", "end")})
    return facts[[*TOLD, "reviewed_at", "approved_at"]].assign(
        approval_wait=waited(facts["ready_at"], facts["approved_at"], again),
        review_wait_worked=waited(clock["ready_at"], clock["reviewed_at"], worked),
        approval_wait_worked=waited(clock["ready_at"], clock["approved_at"], worked),
    )


def _clock(moments: pd.Series, team: pd.Series, organisation: Organisation) -> pd.Series:
    return working_clock(moments, team, organisation.calendars, organisation.calendar)


def time_to_first_review_bh(review_waits: Frame) -> Observations:
    """Working hours that a pull request waits for its first review by another person.

    The same wait as the time to first review, counting only the working hours of its author's team: its time zone,
    days, hours and holidays.
    """
    return _waits(review_waits, "reviewed_at", "review_wait_worked")


def time_to_approval(review_waits: Frame) -> Observations:
    """Hours that a pull request waits for its first approval by another person, from the moment that it is ready.

    Time spent in draft again is taken off; an approval before it was ready counts as no wait.
    """
    return _waits(review_waits, "approved_at", "approval_wait")


def time_to_approval_bh(review_waits: Frame) -> Observations:
    """Working hours, of its author's team, that a pull request waits for its first approval by another person."""
    return _waits(review_waits, "approved_at", "approval_wait_worked")


def _waits(facts: Frame, at: str, wait: str) -> Observations:
    rows = facts[facts[wait].notna()]
    return observe(rows, at=rows[at], value=hours(rows[wait]), excluded={"bot": ~is_judged(rows)})


INDICATORS = (
    Indicator(
        "time_to_first_review_bh",
        "Time to first review, working hours",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=time_to_first_review_bh,
        target=Target(value=8, source="Google's engineering practices: one business day at most"),
        guards=("review_coverage", "rubber_stamp_rate"),
        misuse="Quick empty reviews lower it; read it beside review coverage.",
    ),
    Indicator(
        "time_to_approval",
        "Time to approval",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=time_to_approval,
        guards=("rubber_stamp_rate", "review_participation"),
        misuse="A rubber stamp is the quickest approval.",
    ),
    Indicator(
        "time_to_approval_bh",
        "Time to approval, working hours",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=time_to_approval_bh,
        guards=("rubber_stamp_rate", "review_participation"),
        misuse="A rubber stamp is the quickest approval.",
    ),
)
