"""What each open epic has cost and will cost in the end, where hours are booked or a team's costs are known."""

from dataclasses import dataclass

import pandas as pd

from metrics.calendar_weeks import end_of_day
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.plans import LEAST_NOTED

BOOKED, SHARED = "hours booked", "the team's costs, shared by finished items"
COLUMNS = ["key", "title", "url", "team", "hours", "cost", "cpi", "hours_in_the_end", "cost_in_the_end", "basis"]
COLUMNS += ["currency"]


@dataclass(frozen=True)
class CostTotal:
    """What so many open epics have cost and will cost in the end, in one currency; `currency` is empty if unnamed.

    `cpi` is what was earned by all of them together, divided by what it cost.
    """

    currency: str
    epics: int
    cost: float
    cost_in_the_end: float
    cpi: float

    @property
    def words(self) -> str:
        """The sums in a sentence."""
        unit = f" {self.currency}" if self.currency else ""
        epics, verb = ("1 open epic", "has") if self.epics == 1 else (f"{self.epics:,} open epics", "have")
        come = "comes" if self.epics == 1 else "come"
        return (
            f"{epics} {verb} cost {self.cost:,.0f}{unit} so far and {come} to {self.cost_in_the_end:,.0f}{unit} in the "
            f"end, at a cost performance of {self.cpi:.2f}."
        )


def team_costs(costs: Frame, organisation: Organisation) -> Frame:
    """One row per entry of what a team cost: team, start, end (the end of its last day), amount, currency."""
    zone = organisation.calendar.timezone
    day = pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "team": costs["team"],
            "start": end_of_day(costs["start_on"] - day, zone),
            "end": end_of_day(costs["end_on"], zone),
            "amount": costs["amount"],
            "currency": costs["currency"],
        }
    )


def epic_costs(
    epic_progress_facts: Frame,
    epic_facts: Frame,
    done_span_facts: Frame,
    issue_end_facts: Frame,
    team_cost_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per open epic of which anything is known: hours and cost so far and in the end, and what it follows from.

    By hours booked where 70 % of its finished items have any: cpi is what its finished items would usually have taken,
    divided by what was booked; in the end is all of its items at the usual hours, divided by cpi; in money with the
    team's cost of an hour. Else by what the team cost: its cost in each span is shared among all items that it finished
    in it; cpi is the team's cost of an item over all spans, divided by that of the epic's. Only totals are told: an
    hour's cost is of no row. `currency` is empty where none is named.
    """
    rows = epic_progress_facts
    now = rows[rows["done_at"].isna() & ~rows["is_cancelled"]].sort_values("as_of").drop_duplicates("key", keep="last")
    now = now.join(epic_facts.set_index("epic")["title"], on="epic")
    booked = _by_hours(now, organisation)
    done = done_span_facts.loc[done_span_facts["end"].isna(), ["item", "epic", "start"]]
    done = done.assign(team=issue_end_facts["team"].reindex(done["item"]).array)
    shared = _by_share(now[~now["key"].isin(booked["key"])], done, team_cost_facts)
    found = pd.concat([part for part in (booked, shared) if len(part)] or [booked], ignore_index=True)
    return found.sort_values(["cpi", "key"], kind="stable", ignore_index=True)[COLUMNS]


def _by_hours(now: Frame, organisation: Organisation) -> Frame:
    known = (now["noted"] / now["done"].where(now["done"] > 0) >= LEAST_NOTED) & (now["booked"] > 0)
    rows = now[known & now["usual"].notna()]
    hour = rows["team"].map(organisation.hourly_costs).astype("float64")
    cpi = rows["noted"] * rows["usual"] / rows["booked"]
    in_the_end = rows["items"] * rows["usual"] / cpi
    return rows.assign(
        hours=rows["booked"],
        cpi=cpi,
        hours_in_the_end=in_the_end,
        cost=rows["booked"] * hour,
        cost_in_the_end=in_the_end * hour,
        basis=BOOKED,
        currency="",
    )


def _by_share(now: Frame, done: Frame, team_costs: Frame) -> Frame:
    spans = _in_one_currency(team_costs).rename_axis("span").reset_index()
    pairs = done.merge(spans, on="team", suffixes=("", "_span"))
    pairs = pairs[(pairs["start"] >= pairs["start_span"]) & (pairs["start"] < pairs["end"])]
    pairs["each"] = pairs["amount"] / pairs.groupby("span")["item"].transform("size")
    usual = pairs.groupby("team")["each"].mean()
    own = pairs.groupby("epic")["each"].agg(["sum", "mean"]).reindex(now["epic"]).set_axis(now.index)
    rows = now.assign(
        hours=float("nan"),
        hours_in_the_end=float("nan"),
        cost=own["sum"],
        cpi=usual.reindex(now["team"]).set_axis(now.index) / own["mean"],
        cost_in_the_end=own["mean"] * now["items"],
        basis=SHARED,
        currency=now["team"].map(spans.drop_duplicates("team").set_index("team")["currency"]).astype("str").fillna(""),
    )
    return rows[rows["cost"].notna()]


def _in_one_currency(spans: Frame) -> Frame:
    """The costs of teams that name one currency or none: what is in several cannot be added up."""
    named = spans.groupby("team")["currency"].transform("nunique")
    kept: Frame = spans[named <= 1]
    return kept


def totals(costs: Frame) -> tuple[CostTotal, ...]:
    """The sums over open epics whose cost is known in money, by currency; none where no rates are."""
    known = costs[costs["cost"].notna() & costs["cost_in_the_end"].notna()]
    return tuple(
        CostTotal(
            currency=str(currency),
            epics=len(mine),
            cost=float(mine["cost"].sum()),
            cost_in_the_end=float(mine["cost_in_the_end"].sum()),
            cpi=float((mine["cpi"] * mine["cost"]).sum() / mine["cost"].sum()),
        )
        for currency, mine in known[known["cost"] > 0].groupby("currency", sort=True)
    )
