"""The figures of a period: each read once, with the period before and what a rule says of its weeks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from data.notes import Note
from metrics.answers import Answer
from metrics.catalogue import INDICATORS
from metrics.evaluate import P85_NEEDS
from metrics.loading import Loaded
from metrics.marks import EXPLAINING
from metrics.model import Indicator, Observations, Reason, Result, Scope
from metrics.open_epics import Plans
from metrics.periods import last_complete_weeks
from metrics.said import Said
from metrics.standing import Standing, standings
from metrics.targets import gates_of
from reports.content import Column, Figure, Heading, Report, Table, Trend
from reports.safe import Names
from reports.said import WHY, of_weeks, target_in_words

WEEKS = 26
NOBODY = Names()
SILENCE = Said()
MOST_ROWS = 20_000
ROW_HEADINGS = (
    Heading("key"),
    Heading("at", Column.DAY),
    Heading("value", Column.NUMBER),
    Heading("url", Column.LINK),
    Heading("team"),
    Heading("repository"),
    Heading("left out because"),
)
ROW_COLUMNS = ["key", "at", "value", "url", "team", "repository", "excluded"]


@dataclass(frozen=True)
class Reading:
    """What a report is written from: the period and the one before it (grain: total), and all that is known of them.

    `notes` are those that stand; `earlier` is the report that was kept of the period before; `names` are those of the
    people who are not named in it.
    """

    loaded: Loaded
    period: Scope
    before: Scope
    answer: Answer
    said: Said = SILENCE
    notes: tuple[Note, ...] = ()
    earlier: Report | None = None
    names: Names = NOBODY
    weeks_shown: int = WEEKS

    @cached_property
    def weeks(self) -> Scope:
        """The last complete weeks that end in the period."""
        end = min(self.period.end, self.period.now)
        whole = last_complete_weeks(end, self.weeks_shown, self.period.timezone, self.period.week_starts)
        return replace(whole, now=self.period.now)

    @cached_property
    def plans(self) -> Plans:
        """The forecasts of every team."""
        return Plans(self.loaded.facts, self.loaded.organisation)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """How each objective stood at the period's end."""
        scope = replace(self.weeks, now=min(self.period.end, self.period.now))
        return standings(self.answer, scope, self.said.overrides, gates_of(self.loaded.settings))

    @cached_property
    def teams(self) -> tuple[str, ...]:
        """The teams that may be shown by themselves, by name."""
        settings, day = self.loaded.settings, self.day(self.period.end)
        return tuple(key for key in settings.teams if settings.stands_alone(key, day))

    @cached_property
    def repositories(self) -> tuple[str, ...]:
        """The repositories that have been synced, by name."""
        return tuple(sorted({line.scope for line in self.loaded.walks if line.stream == "pull_requests"}))

    def team_name(self, team: str) -> str:
        """What a team is called; one that is too small to be shown has no name."""
        if team in self.loaded.settings.teams and team not in self.teams:
            return "(too small to be shown)"
        return self.loaded.organisation.names.get(team, team)

    def text(self, said: str) -> str:
        """What somebody wrote, without the people in it."""
        return self.names.without(said)

    def day(self, moment: datetime) -> date:
        """The day of a moment in the organisation's time zone."""
        return moment.astimezone(ZoneInfo(self.period.timezone)).date()

    def result(self, indicator: str, **filters: str) -> Result:
        """An indicator over the period."""
        return self.answer(INDICATORS[indicator], _within(self.period, filters))

    def weekly(self, indicator: str, **filters: str) -> Result:
        """The weeks up to the period's end, judged."""
        return self.answer(INDICATORS[indicator], _within(self.weeks, filters))

    def figure(self, indicator: str, **filters: str) -> Figure:
        """An indicator's value in the period, as `metrics show` gives it for the same range."""
        one = INDICATORS[indicator]
        now, weekly = self.result(indicator, **filters), self.weekly(indicator, **filters)
        point, before = now.total, self.answer(one, _within(self.before, filters)).total
        said, better, fired = of_weeks(one, weekly, self.period)
        return Figure(
            indicator=one.id,
            name=one.name,
            unit=one.unit.value,
            value=point.value,
            n=point.n,
            p85=point.p85 if point.n >= P85_NEEDS else None,
            low=point.low,
            high=point.high,
            before=before.value,
            reason=WHY[point.reason] if point.reason else None,
            said=said,
            better=better,
            target=target_in_words(one, now),
            scope=_scope_name(self, filters),
            fired=fired,
        )

    def figures(self, *indicators: str) -> tuple[Figure, ...]:
        """Several of them."""
        return tuple(self.figure(one) for one in indicators)

    def trend(self, indicator: str, **filters: str) -> Trend:
        """The weeks up to the period's end with their usual range."""
        one, result = INDICATORS[indicator], self.weekly(indicator, **filters)
        drawn = result.limits if result.limits and result.limits.is_of_one_period else None
        return Trend(
            title=one.name,
            indicator=one.id,
            unit=one.unit.value,
            periods=tuple(point.period for point in result.series),
            starts=tuple(self.day(point.start) for point in result.series),
            values=tuple(point.value for point in result.series),
            n=tuple(point.n for point in result.series),
            signals=tuple(point.signal is not None for point in result.series),
            centre=drawn.centre if drawn else None,
            lower=drawn.lower if drawn else None,
            upper=drawn.upper if drawn else None,
            marks=self._marks(result),
            target=result.target.value if result.target else None,
            hollow=tuple(point.partial or point.reason is Reason.TOO_FEW for point in result.series),
        )

    def _marks(self, result: Result) -> tuple[tuple[date, str], ...]:
        explaining = [mark for mark in result.marks if mark.kind in EXPLAINING]
        return tuple((self.day(mark.begins), self.text(mark.text)) for mark in explaining)

    def rows(self, indicator: str, scope: Scope | None = None) -> Table:
        """The rows behind a figure, those left out included, the newest first."""
        result = self.answer(INDICATORS[indicator], scope or self.period)
        return _rows(result.indicator, result.observations, self.team_name)


def _within(scope: Scope, filters: dict[str, str]) -> Scope:
    return replace(scope, **filters) if filters else scope  # type: ignore[arg-type]


def _scope_name(reading: Reading, filters: dict[str, str]) -> str:
    named = {"team": reading.team_name}
    return ", ".join(named.get(kind, str)(name) for kind, name in filters.items())


def _rows(one: Indicator, seen: Observations, name_of: Callable[[str], str]) -> Table:
    shown = seen.loc[:, ROW_COLUMNS].head(MOST_ROWS)
    shown = shown.assign(team=shown["team"].map(name_of, na_action="ignore")).astype(object)
    shown = shown.where(shown.notna(), None)
    shown["at"] = [None if moment is None else moment.to_pydatetime().astimezone(UTC) for moment in shown["at"]]
    headings = tuple(replace(h, unit=one.unit.value) if h.name == "value" else h for h in ROW_HEADINGS)
    return Table(one.name, headings, tuple(map(tuple, shown.to_numpy().tolist())), more=len(seen) - len(shown))
