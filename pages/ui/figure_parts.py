"""What stands around a figure: what it must not cost, what was noted, its parts, its teams, and figures of others."""

from dataclasses import replace

import streamlit as st

from metrics.attention import Chart
from metrics.marks import OFF
from metrics.model import Indicator, Part, Point, Result
from metrics.published import published_for
from pages.ui import figures, judged, results, stacked_chart, words
from pages.ui.charts import draw
from pages.ui.figure_place import Shown
from pages.ui.palette import palette
from pages.ui.plain_table import Cell, outside, table
from pages.ui.view import View


def usual(result: Result) -> str:
    """The usual range for a column that is headed so, or why there is none; periods that are no weeks are named."""
    said = words.usual_range(result)
    return said.removeprefix("usual weekly range ").removeprefix("usual ") if result.limits else said.partition(": ")[2]


def guards(shown: Shown) -> None:
    """Speed is never shown without what it must not cost."""
    beside = [shown.of(name) for name in shown.indicator.guards]
    if beside:
        head = ["read beside", "value", "of", "usual range", "what a rule says"]
        table("Speed is worth nothing when it costs these.", head, [_guard(one) for one in beside])


def _guard(guard: Shown) -> list[Cell]:
    indicator, result, trend = guard.indicator, guard.result, guard.trend
    return [
        indicator.name,
        figures.of_result(result, words.figure(indicator, result.total)),
        words.basis(indicator, result.total),
        usual(trend),
        words.signal(trend.series),
    ]


def weeks(shown: Shown) -> None:
    """Every point of the trend in words."""
    indicator, trend = shown.indicator, shown.trend
    head = ["week", indicator.name, "n", "interval", "remark"]
    table(f"{indicator.name} by week.", head, [_week(shown, point) for point in reversed(trend.series)])


def _week(shown: Shown, point: Point) -> list[Cell]:
    indicator = shown.indicator
    address = shown.address.over(point)
    few = words.SHORT[point.reason] if point.reason else ""
    remarks = [few, "running" if point.partial else "", "holiday" if point.excluded else "", words.signal([point])]
    spread = words.interval(indicator, point)
    value = figures.linked(address, point, words.figure(indicator, point))
    return [point.period, value, f"{point.n:,}", spread, " · ".join(r for r in remarks if r)]


def said(trend: Result) -> None:
    """What was noted in the range, and a shift of the level that nobody has confirmed yet."""
    shift = trend.suggestion
    if shift:
        near = "; near it: " + ", ".join(mark.text for mark in shift.near) if shift.near else ""
        side = "above" if shift.side == "high" else "below"
        st.info(
            f"The level may have moved for good in {shift.period}: {shift.length} {shift.points} {side} the usual one "
            f"without coming back{near}. The usual range stays until somebody confirms it in the weekly review."
        )
    noted = [mark for mark in trend.marks if mark.kind not in OFF]
    if noted:
        rows = [
            [f"{mark.begins:%d %b %Y}", mark.kind.value.replace("_", " "), mark.text, mark.author] for mark in noted
        ]
        table("Noted in these weeks.", ["on", "kind", "what", "by"], rows)


def explained(view: View, result: Result) -> None:
    """Whether a signal comes from another mix of work or from within it; nothing where no rule has fired."""
    found = judged.why(view, Chart(result))
    if found is None:
        return
    split = found.split
    st.subheader("Another mix, or the same work done otherwise?")
    st.markdown(found.words.replace("%", " %"))
    head = [split.dimension, "share before", "share in it", "moved by the mix", "moved from within"]
    scale = "on the scale of factors" if split.is_log else f"in {result.indicator.unit.value} points"
    table(
        f"{found.begins:%d %b %Y} to {found.ends:%d %b %Y} against the weeks of the usual range, {scale}.",
        head,
        [
            [one.name, f"{one.share_before:.0%}", f"{one.share_after:.0%}", f"{one.mix:+.2f}", f"{one.within:+.2f}"]
            for one in split.parts
        ],
    )


def by_team(shown: Shown) -> None:
    """The same figure for each team that may be shown, by name: each against its own usual range, none ranked."""
    view, address, indicator = shown.view, shown.address, shown.indicator
    names = judged.shown_teams(view)
    if address.team or address.repository or address.epic or len(names) < 2:
        return
    st.subheader("By team")
    head = ["team", indicator.name, "n", "95 % interval", "usual range", "what a rule says"]
    table(
        "In the order of the configuration. A team is held against itself, not against another.",
        head,
        [_team(shown, name) for name in names],
    )


def _team(shown: Shown, name: str) -> list[Cell]:
    indicator, source = shown.indicator, shown.view.source
    result = results.answer(source, indicator.id, replace(shown.result.scope, team=name))
    known = result.total.value is not None
    return [
        source.settings.teams[name].name or name,
        figures.of_result(result, words.figure(indicator, result.total)),
        f"{result.total.n:,}" if known else words.SHORT.get(result.total.reason, ""),
        words.interval(indicator, result.total).removeprefix("95 % interval "),
        usual(result),
        words.signal(result.series),
    ]


def parts(shown: Shown) -> None:
    """The parts of a share, period by period and in all."""
    result, indicator = shown.result, shown.indicator
    if not result.parts:
        return
    st.subheader("What it is made of")
    chart = stacked_chart.stacked_chart(shown.whole.parts, palette(st.context.theme.type), shown.address)
    draw(chart, "parts", f"The parts of {indicator.name} by week")
    table(
        f"Over the time of the figure. Without a part named it is {', '.join(indicator.parts)}.",
        ["part", "share", "of"],
        [_part(shown, one) for one in result.parts],
    )


def _part(shown: Shown, part: Part) -> list[Cell]:
    address = replace(shown.address, part=part.name)
    value = figures.linked(address, part.total, words.figure(shown.indicator, part.total))
    return [part.name, value, words.basis(shown.indicator, part.total)]


def published(indicator: Indicator) -> None:
    """What others published of the same statistic, only when somebody asks for it."""
    known = published_for(indicator.id, indicator.summary)
    if not known or not st.toggle("Show published figures", key="published", bind="query-params"):
        return
    table(
        "Context, not a target: other people, another way of counting.",
        ["they say", "statistic", "of", "edition", "address"],
        [[one.words, one.statistic, one.population, one.edition, outside(one.address, one.address)] for one in known],
    )
