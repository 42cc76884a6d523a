"""One epic or version in full: how probable each date is, how it has come along, and what if its team did otherwise."""

from collections import Counter
from datetime import date
from textwrap import shorten

import pandas as pd
import streamlit as st

from metrics.burn_up import burn_up, by_day, curve
from metrics.calendar_weeks import monday
from metrics.correction import Outlook
from metrics.forecast import HOLIDAY, LEAST_WEEKS, MOST_WEEKS
from metrics.joint_forecast import AS_PLANNED, SET_ASIDE, Change
from metrics.open_epics import Plans
from pages.ui import forecast_charts
from pages.ui.charts import draw
from pages.ui.palette import palette
from pages.ui.selections import by_key, several_by_key
from pages.ui.words import literal

LEVELS = {"50 %": 0.5, "85 %": 0.85, "95 %": 0.95}
LONGEST = 78


def detail(plans: Plans, rows: pd.DataFrame) -> None:
    """The plan that the address names, the least probable one else."""
    names = dict(zip(rows["key"], rows["title"], strict=True))
    word, shown = plans.kind.word, {key: key if title == key else f"{key} · {title}" for key, title in names.items()}
    st.subheader(f"One {word}")
    chosen = by_key(st.selectbox, word.capitalize(), shown, word, next(iter(shown)))
    row = rows[rows["key"] == chosen].iloc[0]
    team = str(row["team"])
    change = what_if(plans, team, names)
    outlook = plans.outlooks(team, change)[chosen]
    st.markdown(_in_words(row, outlook, change))
    _charts(plans, row, outlook)
    _others(plans, team, names, change)


def _in_words(row: pd.Series, outlook: Outlook, change: Change) -> str:
    """How it stands, as planned or as it would be."""
    begins = f"**{literal(row['title'])}**" + ("" if change == AS_PLANNED else ", what if")
    if outlook.refusal:
        return f"{begins}: {outlook.refusal}."
    said = f"{begins}: {row['remaining']} of {row['remaining'] + row['done']} items are open"
    if pd.notna(row["due_on"]):
        share = outlook.within((row["due_on"] + pd.Timedelta(days=1) - row["as_of"]).days // 7)
        said += f"; {100 * share:.0f} % likely by {row['due_on']:%d %B %Y}" if share is not None else ""
    return f"{said}; 85 % date {_sunday(row['as_of'], outlook.week(0.85)):%d %B %Y}."


def _charts(plans: Plans, row: pd.Series, outlook: Outlook) -> None:
    due = None if pd.isna(row["due_on"]) else row["due_on"].date()
    colours, points = palette(st.context.theme.type), curve(outlook, plans.last)
    key = str(row["key"])
    left, right = st.columns(2)
    with left:
        st.caption("How probable each date is")
        if points:
            draw(forecast_charts.probability_chart(points, due, colours), "probability", f"Probability by date: {key}")
    with right:
        st.caption("Items, items done, and the fan of ways to the 50, 85 and 95 % dates")
        ends = {name: _sunday(row["as_of"], outlook.week(level)) for name, level in LEVELS.items()}
        shown = burn_up(plans.rows, key)
        draw(
            forecast_charts.burn_up_chart(shown, ends, float(row["added"]), due, colours), "burn-up", f"Burn-up: {key}"
        )
    if points:
        st.caption("The same as a calendar: the darker a day, the more probable to be done by its end; framed: due")
        draw(
            forecast_charts.calendar_chart(by_day(points), due, colours), "calendar", f"Calendar of probability: {key}"
        )


def _sunday(as_of: pd.Timestamp, weeks: int | None) -> date | None:
    return None if weeks is None else (as_of + pd.Timedelta(days=7 * weeks - 1)).date()


def what_if(plans: Plans, team: str, names: dict[str, str]) -> Change:
    """Another capacity, scope, order or history of a team; all of it is in the address."""
    one = plans.portfolios[team]
    keys = [plan.key for plan in one.plans if plan.remaining > 0]
    weeks = [monday(one.first_week + n) for n in range(len(one.capacity.finished))]
    with st.expander(f"What if, and the history behind it: team {team}", expanded=_is_asked()):
        left, middle, right = st.columns(3)
        capacity = left.slider(
            "Capacity, % of the past weeks", 50, 200, 100, step=10, key="capacity", bind="query-params"
        )
        scope = middle.slider("Open items, % of those now", 25, 200, 100, step=25, key="scope", bind="query-params")
        most = right.slider(
            "History, the last weeks", LEAST_WEEKS, LONGEST, MOST_WEEKS, key="history", bind="query-params"
        )
        first = "First, one after the other; without any, all that are begun share each week evenly"
        order = several_by_key(first, {key: f"{key} · {names.get(key, key)}" for key in keys}, "order")
        lately = {day.isoformat(): place for place, day in enumerate(weeks)}
        aside = st.multiselect(
            "Weeks to set aside (by their Monday)",
            list(reversed(lately)),
            key="without",
            bind="query-params",
        )
        places = tuple(sorted(lately[day] for day in aside if day in lately))
        change = Change(tuple(order), capacity / 100, scope / 100, weeks=most, without=places)
        _history(plans, team, change, weeks)
    return change


def _is_asked() -> bool:
    return any(name in st.query_params for name in ("capacity", "scope", "history", "order", "without"))


def _history(plans: Plans, team: str, change: Change, weeks: list[date]) -> None:
    """The weeks that the forecast is drawn from."""
    capacity = plans.portfolios[team].capacity
    past = capacity.past(change.weeks, change.without)
    begin = max(0, min([*past.chosen, len(weeks) - 1]) - 8)
    out = {place - begin: why for place, why in past.left_out}
    out |= {place - begin: SET_ASIDE for place in change.without}
    chart = forecast_charts.history_chart(
        weeks[begin:],
        capacity.finished[begin:],
        out,
        {place - begin for place in past.chosen},
        palette(st.context.theme.type),
    )
    draw(chart, "history-chart", f"Items of {plans.kind.word}s that the team {team} finished in each week")
    shifted = " The weeks before the pace shifted are left out." if past.shifted else ""
    reasons = Counter(why for place, why in past.left_out if place not in change.without)
    listed = {HOLIDAY: reasons.pop(HOLIDAY, 0)} | reasons
    off = "".join(f"{n} of {shorten(why, 60, placeholder='…')}, " for why, n in listed.items())
    st.caption(
        f"Items of {plans.kind.word}s that {team} finished in each week; n = {len(past.chosen)} weeks are drawn from, "
        f"hollow ones are not: {off}{len(change.without)} set aside.{shifted}"
    )


def _others(plans: Plans, team: str, names: dict[str, str], change: Change) -> None:
    """What the change does to all plans of the team."""
    if change == AS_PLANNED:
        return
    planned, other = plans.outlooks(team), plans.outlooks(team, change)
    as_of = pd.Timestamp(monday(plans.last))
    keys = [plan.key for plan in plans.portfolios[team].plans if plan.remaining > 0]
    dates = [[_sunday(as_of, outlooks[key].week(0.85)) for key in keys] for outlooks in (planned, other)]
    st.dataframe(
        pd.DataFrame(
            {
                plans.kind.word: keys,
                "title": [names.get(key, "") for key in keys],
                "85 % by, as planned": dates[0],
                "85 % by, what if": dates[1],
                "later, d": [(b - a).days if a and b else None for a, b in zip(*dates, strict=True)],
                "why no date": [other[key].refusal for key in keys],
            }
        ),
        hide_index=True,
        key="what-if",
        alt=f"Dates of the plans of {team} as planned and what if",
        column_config={"later, d": st.column_config.NumberColumn("later, d", format="%+d")},
    )
