"""The table of open epics and versions: dates instead of weeks, what moved since, and what threatens."""

from collections.abc import Mapping

import pandas as pd

from metrics.calendar_weeks import WEEK, start_of
from metrics.forecast import outrun
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.portfolio import Portfolio
from metrics.portfolios import portfolios_of

ON_TRACK, CONCERN = 85, 50
LATELY, MONTH, HALF_YEAR = 13, 3, 26  # weeks


def open_epic_rows(
    issue_end_facts: Frame,
    epic_item_facts: Frame,
    epic_portfolio_facts: Frame,
    epic_forecast_facts: Frame,
    epic_scope_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per epic that is open still, the least probable first.

    Columns: key, title, url, team, remaining, done, added (items a week), as_of, due_on, probability (%), p50_on and
    p85_on (dates), moved (days by which p85_on is later than it was a month ago; null: not known), grown (% since its
    start), ageing (items in progress for longer than 85 % of those that its team finished in half a year), standing (on
    track, watch, concern; or why there is no date) and risks.
    """
    rows, own = epic_portfolio_facts, (epic_forecast_facts, epic_scope_facts)
    return _open(rows, *own, _ageing(rows, issue_end_facts, epic_item_facts, organisation))


def open_version_rows(
    issue_end_facts: Frame,
    version_item_facts: Frame,
    version_portfolio_facts: Frame,
    version_forecast_facts: Frame,
    version_scope_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per version that is open still: the columns of `open_epic_rows`."""
    rows, own = version_portfolio_facts, (version_forecast_facts, version_scope_facts)
    return _open(rows, *own, _ageing(rows, issue_end_facts, version_item_facts, organisation))


def _open(portfolios: Frame, made: Frame, scopes: Frame, ageing: pd.Series) -> Frame:
    now = made[made["is_latest"] & made["done_at"].isna()].set_index("key", drop=False)
    shown = now[["key", "title", "url", "team", "remaining", "done", "added", "as_of"]].copy()
    shown["title"] = now["title"].fillna(now["key"])
    shown["due_on"] = now["due_at"] - pd.Timedelta(days=1)
    shown["probability"] = 100 * now["probability"]
    for name in ("p50", "p85"):
        shown[f"{name}_on"] = _date(now, name)
    before = made[made["week"] <= now["week"].max() - MONTH].drop_duplicates("key", keep="last").set_index("key")
    shown["moved"] = (shown["p85_on"] - _date(before, "p85").reindex(now.index)).dt.days
    shown["grown"] = _grown(scopes).reindex(now.index)
    shown["standing"] = _standing(shown["probability"], now["refusal"])
    shown["ageing"] = now["epic"].map(ageing).fillna(0).astype("int64")
    shown["risks"] = _risks(shown, outrun_teams(portfolios_of(portfolios)))
    return shown.reset_index(drop=True).sort_values(["probability", "due_on", "key"], kind="stable", ignore_index=True)


def outrun_teams(portfolios: Mapping[str, Portfolio]) -> set[str]:
    """The teams to whose open epics more was added in the last quarter than 1.2 times what they finished."""
    return {team for team, one in portfolios.items() if _is_outrun(one)}


def _is_outrun(one: Portfolio) -> bool:
    came = sum(sum(plan.added[-LATELY:]) for plan in one.plans if plan.begun)
    return outrun(one.capacity.finished[-LATELY:], [came])


def _date(rows: Frame, name: str) -> pd.Series:
    """The Sunday on which so many weeks are over."""
    return rows["as_of"] + pd.to_timedelta(7 * rows[name] - 1, unit="D")


def _grown(scopes: Frame) -> pd.Series:
    """By key: items beyond those at the start, in percent of these, as things are now."""
    now = scopes.drop_duplicates("key", keep="last").set_index("key")
    return 100 * (now["held"] - now["at_start"]) / now["at_start"].where(now["at_start"] > 0)


def _ageing(portfolios: Frame, issues: Frame, items: Frame, organisation: Organisation) -> pd.Series:
    """By epic: how many of its items have been in progress for longer than is usual in their team."""
    if portfolios.empty:
        return pd.Series(dtype="int64")
    now = start_of(int(portfolios["week"].iloc[0]), organisation.calendar.timezone)
    lately = (issues["done_at"] >= now - HALF_YEAR * WEEK) & (issues["done_at"] < now) & issues["left_out"].isna()
    usual = issues[lately & issues["cycle"].notna()].groupby("team")["cycle"].quantile(0.85)
    here = items[items["end"].isna()].join(issues[["done_at", "left_out"]], on="item")
    here = here[here["done_at"].isna() & here["left_out"].isna()]
    old = (now - here["started_at"]) > usual.reindex(here["team"]).set_axis(here.index)
    counted: pd.Series = old.groupby(here["epic"]).sum()
    return counted


def _standing(probability: pd.Series, refusal: pd.Series) -> pd.Series:
    said = pd.Series("watch", index=probability.index, dtype="str")
    said = said.mask(probability >= ON_TRACK, "on track").mask(probability < CONCERN, "concern")
    return said.mask(probability.isna(), "no due date").mask(refusal.notna(), refusal)


def _risks(shown: Frame, outrun_teams: set[str]) -> pd.Series:
    parts = {
        "less likely than not": shown["probability"] < CONCERN,
        "scope outruns delivery": shown["team"].isin(outrun_teams) & (shown["added"] > 0),
        "items older than usual": shown["ageing"] > 0,
        "date is past": shown["due_on"] + pd.Timedelta(days=1) <= shown["as_of"],
    }
    text = pd.Series("", index=shown.index, dtype="str")
    for word, holds in parts.items():
        text = text.where(~holds, text + ", " + word)
    return text.str.removeprefix(", ")
