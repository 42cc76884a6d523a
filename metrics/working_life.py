"""How people fare as a team: how soon newcomers are at home, how much happens outside working hours."""

import numpy as np
import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import from_source, observe
from metrics.organisation import PERSON, Organisation, person_of
from metrics.windows import last_day_of, week_of
from metrics.working_hours import is_working_time

AT_HOME = 10  # merged and reviewed pull requests
JOINERS_LEAST, TEAM_LEAST = 6, 5
YEAR = pd.Timedelta(days=365)
NOON, DAY = pd.Timedelta(hours=12), pd.Timedelta(days=1)
WEEKLY = {"key": "str", "at": "datetime64[us, UTC]", "people": "int64", "days": "float64", "is_known": "bool"}


def onboardings(pull_request_facts: Frame, organisation: Organisation) -> Frame:
    """One row per week: at (its last day), people (who had their tenth merge in the year before its end) and days
    (the median of how long that took them since they joined). Nobody is named; is_known: joining dates are.
    """
    joined = _joined(organisation)
    tenth = _tenth(pull_request_facts, organisation)
    took = pd.DataFrame({"joined": joined, "tenth": tenth.reindex(joined.index)}).dropna()
    took = took[took["tenth"] >= took["joined"]]
    if took.empty:
        return pd.DataFrame(columns=list(WEEKLY)).astype(WEEKLY).assign(is_known=False)
    weeks = np.arange(int(week_of(took["tenth"]).min()), int(week_of(pull_request_facts["created_at"]).max()) + 1)
    days = took["tenth"].sub(took["joined"]).dt.total_seconds().to_numpy() / DAY.total_seconds()
    ends = last_day_of(weeks)
    past = [days[((took["tenth"] <= end) & (took["tenth"] > end - YEAR)).to_numpy()] for end in ends]
    rows = pd.DataFrame({"at": ends, "key": "joiners " + ends.strftime("%G-W%V"), "is_known": True})
    medians = [float(np.median(some)) if len(some) else np.nan for some in past]
    return rows.assign(people=[len(some) for some in past], days=medians).astype(WEEKLY)


def _joined(organisation: Organisation) -> pd.Series:
    """When each person whose first membership has a date joined."""
    known = organisation.memberships[organisation.memberships["kind"] == "person"]
    undated = known.loc[known["since"].isna(), "account"]
    return known[~known["account"].isin(undated)].groupby("account")["since"].min()


def _tenth(facts: Frame, organisation: Organisation) -> pd.Series:
    """When the tenth reviewed pull request of each person was merged."""
    rows = facts[facts["merged_at"].notna() & facts["reviewed_at"].notna()]
    rows = rows.assign(person=person_of(rows["author"], "github", organisation)).sort_values("merged_at", kind="stable")
    turn = rows.groupby("person").cumcount() + 1
    return rows[turn == AT_HOME].set_index("person")["merged_at"]


def activities(pull_request_facts: Frame, review_facts: Frame, organisation: Organisation) -> Frame:
    """One row per pull request opened and review given by a person, without who it was or which.

    Columns: key (team and day), team, at (noon of the day, UTC), is_outside (the team's working hours), people (members
    of the team then), has_calendar.
    """
    opened = pull_request_facts.loc[pull_request_facts["author_class"] == PERSON, ["created_at", "team"]]
    given = review_facts[["at", "reviewer_team"]].set_axis(["created_at", "team"], axis="columns")
    rows = pd.concat([opened, given], ignore_index=True)
    at, team = rows["created_at"], rows["team"]
    day = at.dt.floor("D") + NOON
    return pd.DataFrame(
        {
            "key": team + " " + day.dt.strftime("%Y-%m-%d"),
            "team": team,
            "at": day,
            "is_outside": ~is_working_time(at, team, organisation.calendars, organisation.calendar),
            "people": _members(team, at, organisation),
            "has_calendar": team.isin(list(organisation.calendars)),
        }
    )


def _members(team: pd.Series, at: pd.Series, organisation: Organisation) -> pd.Series:
    """How many people were members of each row's team at its time."""
    known = organisation.memberships[organisation.memberships["kind"] == "person"]
    many = pd.Series(0, index=team.index)
    for name, members in known.groupby("team"):
        mine = team == name
        come, go = members["since"].dropna().sort_values(), members["until"].dropna().sort_values()
        came = come.searchsorted(at[mine], side="right") + members["since"].isna().sum()
        many[mine] = came - go.searchsorted(at[mine], side="right")
    return many


def onboarding_time(onboardings: Frame) -> Observations:
    """Days from joining a team to the tenth merged pull request that another person had reviewed.

    The median of those who got there in the year up to a week's end, when they are at least 6; nobody is shown by
    name. Who has not got there yet is not in it. Joining is the first day of the first membership in the
    configuration; people without one are not counted.
    """
    few = onboardings["people"] < JOINERS_LEAST
    seen = observe(
        onboardings,
        at=onboardings["at"],
        value=onboardings["days"].mask(few),
        excluded={f"fewer than {JOINERS_LEAST} joined": few},
    )
    return seen if onboardings["is_known"].any() else from_source(seen, {}, Reason.UNMAPPED)


def out_of_hours_share(activities: Frame) -> Observations:
    """Share of the pull requests opened and reviews given outside the working hours of the team.

    By the calendar of the team; for teams of at least 5 people that have one. No row says who it was, or at what time.
    """
    excluded = {
        f"fewer than {TEAM_LEAST} people": activities["people"] < TEAM_LEAST,
        "no calendar": ~activities["has_calendar"],
    }
    seen = observe(activities, at=activities["at"], value=activities["is_outside"].astype("float64"), excluded=excluded)
    return seen if activities["has_calendar"].any() else from_source(seen, {}, Reason.UNMAPPED)


INDICATORS = (
    Indicator(
        "onboarding_time",
        "Time to the tenth merge",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.WINDOW,
        formula=onboarding_time,
        misuse="It judges the welcome, never the newcomer.",
    ),
    Indicator(
        "out_of_hours_share",
        "Activity outside working hours",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.PEOPLE,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=out_of_hours_share,
        misuse="A sign of strain in a team, never a watch on a person; hours may be shifted by choice.",
    ),
)
