"""Observations → result: one calendar, one summary per period, pooled from rows, with what is unknown said."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from metrics.coverage import why_nothing
from metrics.judging import Verdict, verdict
from metrics.model import Facts, Frame, Indicator, Observations, Part, Point, Reason, Result, Scope, Summary, Target
from metrics.observations import badge_of, days, facts_of, share_parts, why_none
from metrics.periods import Period, periods
from metrics.statistics import median_interval, rate_can_be_judged, wilson

MEDIAN_NEEDS = 6
P85_NEEDS = 20
HELD = {Summary.OPEN_SUM, Summary.OPEN_SHARE, Summary.OPEN_MEDIAN, Summary.OPEN_LOWEST}  # from one snapshot to the next
OPEN = {Summary.LEVEL, Summary.AGE, Summary.OPEN_RATE} | HELD
UNJUDGED = {Summary.WINDOW} | HELD  # neighbouring periods share what they are made of: no limits hold for them


def observations(indicator: Indicator, facts: Facts) -> Observations:
    """Every observation of an indicator: at, until, value, key, url, team, repository, project, excluded."""
    return indicator.formula(**{name: facts[name] for name in indicator.facts})


def evaluate(
    indicator: Indicator, seen: Observations, scope: Scope, coverage: Frame, target: Target | None = None
) -> Result:
    """An indicator over a scope. Raises ValueError for a range that cannot be cut into periods."""
    rows = within(seen, scope)
    series = _points(indicator, rows, periods(scope), scope, coverage)
    (total,) = _points(indicator, rows, [Period("total", scope.start, scope.end)], scope, coverage)
    shown = listed(indicator, rows, scope)
    found = Verdict()
    if indicator.summary not in UNJUDGED:
        found = verdict(indicator, rows, scope, lambda wider: _points(indicator, rows, periods(wider), wider, coverage))
    return Result(
        indicator=indicator,
        scope=scope,
        series=tuple(
            replace(point, signal=None if point.partial else found.signals.get(point.period)) for point in series
        ),
        total=total,
        limits=found.limits,
        observations=shown,
        left_out={str(reason): int(n) for reason, n in shown["excluded"].value_counts().sort_index().items()},
        target=target or indicator.target,
        history=found.history,
        badge=badge_of(seen, rows),
        parts=_parts(indicator, rows, scope, coverage),
    )


def _parts(indicator: Indicator, rows: Observations, scope: Scope, coverage: Frame) -> tuple[Part, ...]:
    names = sorted(rows["part"].dropna().unique()) if indicator.parts else []
    whole = [Period("total", scope.start, scope.end)]
    each = [(str(name), replace(indicator, parts=(str(name),))) for name in names]
    return tuple(
        Part(
            name,
            tuple(_points(part, rows, periods(scope), scope, coverage)),
            _points(part, rows, whole, scope, coverage)[0],
        )
        for name, part in each
    )


def within(seen: Observations, scope: Scope) -> Observations:
    """The observations of the scope's team, repository and project; bots counted in where the scope says so."""
    rows = seen
    for name in ("team", "repository", "project"):
        wanted = getattr(scope, name)
        if wanted is not None:
            rows = rows[rows[name] == wanted]
    if scope.bots:
        rows = rows.assign(excluded=rows["excluded"].mask(rows["excluded"] == "bot"))
    return rows


def listed(indicator: Indicator, rows: Observations, scope: Scope) -> Observations:
    """The rows behind the scope's total, those left out included, newest first; of a level, what is open at its end."""
    if indicator.summary in OPEN:
        end = min(scope.end, scope.now)
        return _seen_at(indicator, _open_at(rows, end), end).sort_values(["at", "key"], kind="stable")
    inside = rows[(rows["at"] >= scope.start) & (rows["at"] < scope.end)]
    return inside.sort_values(["at", "key"], ascending=[False, True], kind="stable")


def _open_at(rows: Observations, end: datetime) -> Observations:
    return rows[(rows["at"] < end) & (rows["until"].isna() | (rows["until"] >= end))]


def _seen_at(indicator: Indicator, rows: Observations, end: datetime) -> Observations:
    """Open rows as they are at the end: of a level each with its age in days."""
    if indicator.summary in {Summary.OPEN_RATE} | HELD:
        return rows
    age = days(end - rows["at"])
    return rows.assign(value=age if indicator.summary is Summary.LEVEL else rows["value"] + age)


def _points(
    indicator: Indicator, rows: Observations, cut: Sequence[Period], scope: Scope, coverage: Frame
) -> list[Point]:
    counted = rows[rows["excluded"].isna()]
    edges = [(period.start, period.end) for period in cut]
    unknown = why_nothing(facts_of(rows, indicator.facts), coverage, scope, edges)
    if counted.empty:
        unknown = [reason or why_none(rows) for reason in unknown]
    summaries = _summarise(indicator, counted, cut, scope)
    return [
        _point(indicator, period, summary, reason, period.cut or period.end > scope.now)
        for period, summary, reason in zip(cut, summaries, unknown, strict=True)
    ]


def _summarise(indicator: Indicator, rows: Observations, cut: Sequence[Period], scope: Scope) -> list[np.ndarray]:
    """The values of each period, in the order of time."""
    if indicator.summary in OPEN:
        ends = [min(period.end, scope.now) for period in cut]
        held = [_seen_at(indicator, _open_at(rows, end), end) for end in ends]
        if indicator.summary is Summary.OPEN_SHARE:
            return [share_parts(indicator, each[each["value"].notna()]) for each in held]
        return [each["value"].dropna().to_numpy() for each in held]
    if indicator.summary is Summary.WINDOW:
        return [_latest(rows, period) for period in cut]
    ordered = rows[rows["value"].notna()].sort_values("at", kind="stable")
    at = ordered["at"].astype("int64").to_numpy()
    values = share_parts(indicator, ordered) if indicator.summary is Summary.SHARE else ordered["value"].to_numpy()
    edges = pd.DatetimeIndex([period.start for period in cut] + [cut[-1].end]).as_unit("us").astype("int64")
    places = np.searchsorted(at, edges, side="left")
    return [values[a:b] for a, b in itertools.pairwise(places)]


def _latest(rows: Observations, period: Period) -> np.ndarray:
    inside = rows[(rows["at"] >= period.start) & (rows["at"] < period.end) & rows["value"].notna()]
    last: np.ndarray = inside.sort_values("at", kind="stable").drop_duplicates("team", keep="last")["value"].to_numpy()
    return last


def _point(indicator: Indicator, period: Period, values: np.ndarray, unknown: Reason | None, partial: bool) -> Point:
    empty = Point(*period[:3], n=0, value=None, reason=unknown or Reason.NO_DATA, partial=partial)
    if len(values) == 0:
        countable = indicator.summary in {Summary.COUNT, Summary.LEVEL, Summary.SUM, Summary.NET}
        return replace(empty, value=0.0, reason=None) if countable and unknown is None else empty
    point = replace(empty, n=len(values), reason=None)
    match indicator.summary:
        case Summary.MEDIAN | Summary.AGE | Summary.OPEN_MEDIAN:
            interval = median_interval(values)
            middle, high = np.quantile(values, [0.5, 0.85])
            point = replace(point, value=float(middle), p85=float(high), reason=_few(len(values) < MEDIAN_NEEDS))
            return replace(point, low=interval.low, high=interval.high) if interval else point
        case Summary.RATE | Summary.OPEN_RATE:
            hits, share = float(values.sum()), wilson(float(values.sum()), len(values))
            point = replace(
                point, value=100 * hits / len(values), reason=_few(not rate_can_be_judged(hits, len(values)))
            )
            return replace(point, low=100 * share.low, high=100 * share.high) if share else point
        case Summary.SHARE | Summary.OPEN_SHARE:
            return _share(point, values)
        case Summary.OPEN_LOWEST:
            return replace(point, value=float(values.min()))
        case Summary.SUM | Summary.NET | Summary.OPEN_SUM:
            return replace(point, value=float(values.sum()))
        case Summary.WINDOW:
            return replace(point, value=float(np.median(values)))
        case _:
            return replace(point, value=float(len(values)))


def _share(point: Point, values: np.ndarray) -> Point:
    part, whole, items = values.sum(axis=0)
    n = round(float(items))
    if not whole > 0:
        return replace(point, n=n, reason=Reason.NO_DATA)
    return replace(point, n=n, value=float(100 * part / whole), reason=_few(n < MEDIAN_NEEDS))


def _few(too_few: bool) -> Reason | None:
    return Reason.TOO_FEW if too_few else None
