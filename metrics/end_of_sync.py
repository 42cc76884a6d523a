"""What the end of a sync leaves for everybody who looks: facts, figures of every place, and what stands out in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data import counts, kept_facts, kept_figures, record
from data.config import Config
from data.generations import building
from data.kept_facts import Label
from data.kept_figures import digests
from data.stamps import Position
from data.store import Store
from metrics import flow_rows, headlines
from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.evaluate import result
from metrics.facts import build
from metrics.flow_rows import FlowRows
from metrics.headlines import (
    OF_A_SERVICE,
    Headline,
    Headlines,
    Place,
    headline,
    judging,
    noted,
    synced,
    watched,
    within,
)
from metrics.keeping import kept, left_on
from metrics.kept_figures import KeptFigures, place_of
from metrics.kept_figures import keep as keep_figures
from metrics.kept_weeks import Calendar
from metrics.loading import (
    AS_OUTLINES,
    FLOW,
    IDENTITIES,
    OUTLINES,
    REVIEWS,
    Loaded,
    kept_identities,
    known_identities,
    load,
)
from metrics.marks import Mark
from metrics.model import Facts, Indicator, Scope
from metrics.open_epics import EPICS, VERSIONS, Plans
from metrics.periods import as_of_midnight, last_complete_weeks, periods
from metrics.review_lens import by_month, first_reviews, month_of
from metrics.said import said
from metrics.shelf import Shelf, code, packed
from metrics.standing import HEADLINE_WEEKS
from metrics.targets import target_in
from metrics.team_flow import TeamFlow
from metrics.telling import tell

FLOW_WEEKS = timedelta(weeks=31)  # two quarters, and as much as screens may lag
REVIEW_WEEKS = timedelta(weeks=78 + 6)  # the longest range of a screen, to the end of the month before


def keep(store: Store, settings: Config) -> list[str]:
    """Build the facts that changed since they were last kept, and keep them; which these were."""
    with building(store) as number:
        return _keep_facts(load(store, settings), number)[1]


def keep_all(store: Store, settings: Config, now: datetime) -> None:
    """Keep the facts and, reckoned from them, the figures of every place; and how many rows each place has.

    Who reads sees all of the state before until all of this one is there. Raises Overtaken when somebody else begins to
    keep what came after.
    """
    with building(store) as number:
        loaded = load(store, settings)
        facts, _ = _keep_facts(loaded, number)
        record.status(store)  # counts
        plans = (Plans(facts, loaded.organisation, kind) for kind in (EPICS, VERSIONS))
        if sum(tell(store, one, now, now.date()) for one in plans):  # once a day; what was told is among the facts
            loaded = load(store, settings)
            facts, _ = _keep_facts(loaded, number)
        _keep_figures(loaded, facts, number, now)


def _keep_figures(loaded: Loaded, facts: Facts, number: int, now: datetime) -> None:
    basis, calendar = loaded.basis, loaded.settings.calendar
    store, here = basis.tables.store, basis.position
    if here is None:
        return  # nothing was ever written
    label = Label(kept_figures.NAME, basis.made_with, here.era, here.latest)
    keep_identities(store, here, number)
    counts.keep(store, number)
    weeks = Calendar.at(now, calendar.timezone, calendar.week_starts)
    figures = keep_figures(store, number, label, loaded.figures, facts, weeks, loaded.coverage)
    keep_headlines(loaded, figures, now)
    keep_flows(loaded, figures, facts, now)
    keep_reviews(figures, facts, now)
    kept_figures.keep_head(store, figures.head)  # last


def _keep_facts(loaded: Loaded, number: int) -> tuple[Facts, list[str]]:
    basis = loaded.basis
    shelf = Shelf(basis.tables.store, basis.made_with, basis.position, number)
    left = None if "pull_requests" in shelf.fresh else left_on(shelf)
    known = kept(*left, basis) if left else {}
    facts = build(basis.tables, loaded.organisation, known, shelf.taker(known))
    return facts, shelf.put(facts, number)


def keep_identities(store: Store, position: Position, number: int) -> None:
    """Keep every account, so that not all commits are read for them."""
    label = kept_facts.labels(store, number).get(IDENTITIES)
    stands = label and not any(position.changed(table, label.position) for table in ("accounts", "commits"))
    found = kept_identities(store, position, number) if stands else known_identities(store)
    kept_facts.keep(store, number, {Label(IDENTITIES, code(), position.era, position.latest): packed(found)})


def keep_headlines(loaded: Loaded, figures: KeptFigures, now: datetime) -> None:
    """Judge the charts that the weekly review watches, and keep what it asks of all of them."""
    settings, calendar = loaded.settings, loaded.settings.calendar
    over = as_of_midnight(last_complete_weeks(now, HEADLINE_WEEKS, calendar.timezone, calendar.week_starts))
    marks = said(figures.store, settings, loaded.organisation).marks
    places = watched(settings.teams, figures.words(INDICATORS[OF_A_SERVICE[1]], "repository"))
    week, known = periods(over)[-1].start, synced(loaded.coverage, over.end)
    made = Headlines(week, settings.digest, noted(marks), {}, known, _made_of(figures, places))
    judge = _Judge(loaded, figures, over, judging(marks), made)
    charts = {place_of(*place): judge.charts(place, names) for place, names in places.items()}
    figures.put_beside({headlines.NAME: headlines.packed(replace(made, charts=charts))})


def _made_of(figures: KeptFigures, places: Mapping[Place, Sequence[str]]) -> dict[str, dict[str, str]]:
    """By place and indicator: the digest of its rows, empty without any."""
    store, number = figures.store, figures.head.generation
    found = {name: digests(store, name, number)[0] for name in {name for names in places.values() for name in names}}
    known = {place_of(*place): names for place, names in places.items()}
    return {where: {name: found[name].get(where, "") for name in names} for where, names in known.items()}


@dataclass(frozen=True)
class _Judge:
    """Who judges charts after a sync; one that is made of the same rows as after the sync before says the same."""

    loaded: Loaded
    figures: KeptFigures
    over: Scope
    marks: Sequence[Mark]
    made: Headlines

    def charts(self, place: Place, names: Sequence[str]) -> dict[str, Headline]:
        """The charts of a place in short, without those that nothing is known of."""
        where, before = place_of(*place), self.loaded.headlines
        same = before.same(self.made, where) if before else {}
        anew = ((name, self._judged(INDICATORS[name], within(self.over, place))) for name in names if name not in same)
        return same | {name: found for name, found in anew if found}

    def _judged(self, one: Indicator, scope: Scope) -> Headline | None:
        evidence = self.figures.evidence(one, scope)
        if evidence is None:
            return None
        aim = target_in(scope, one, self.loaded.settings)
        return headline(Chart(result(one, evidence, scope, self.loaded.coverage, aim, self.marks)), self.made.week)


def keep_flows(loaded: Loaded, figures: KeptFigures, facts: Facts, now: datetime) -> None:
    """Keep what the flow of each team, and of all of them together, is reckoned from; and each in a line."""
    end = figures.calendar.until
    recent = FlowRows.of(facts, since=end - FLOW_WEEKS)
    rows = {team: recent.of_team(team) for team in (None, *loaded.settings.teams)}
    outlines = {team: TeamFlow(its, team, end, now).outline for team, its in rows.items() if team}
    made = {f"{FLOW}{team or ''}": flow_rows.packed(its) for team, its in rows.items()}
    made[OUTLINES] = AS_OUTLINES.dump_json(outlines)
    figures.put_beside(made)


def keep_reviews(figures: KeptFigures, facts: Facts, now: datetime) -> None:
    """Keep the pull requests that were reviewed in the weeks that screens show, month by month."""
    every = first_reviews(facts["pull_requests"])
    begins = figures.calendar.until - REVIEW_WEEKS
    months = by_month(every[every["reviewed_at"] >= begins])
    whole = {month: months.get(month, every[:0]) for month in range(month_of(begins) + 1, month_of(now) + 1)}
    figures.put_beside({f"{REVIEWS}{month}": packed(rows) for month, rows in whole.items()})
