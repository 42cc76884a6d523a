"""Figures that the end of a sync left behind: every indicator in every place, week by week, and the rows behind them.

A screen reads the places that it shows and the rows that it lists; what was not touched is not reckoned again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data import kept_facts
from data import kept_figures as store_of
from data.kept_facts import Label
from data.kept_figures import Head, Piece
from data.stamps import Position
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.evaluate import observations
from metrics.evidence import Evidence, OfRows
from metrics.facts import tables_of
from metrics.fingerprints import Prints, by_month, by_word, fingerprints
from metrics.kept_weeks import Calendar, OfWeeks, packed
from metrics.ledger import EPOCH, MICROSECOND, Ledger, ticks
from metrics.model import Facts, Frame, Indicator, Observations, Scope
from metrics.observations import COLUMNS
from metrics.shelf import LOOKED_UP, as_table, is_kept, written
from metrics.shelf import packed as packed_rows
from metrics.shelf import unpacked as unpacked_rows
from metrics.summaries import OPEN

PLACES = ("team", "repository")
EVERYWHERE = ""
BY_SCREENS = {"forecasts"}  # what is told today comes true or not in weeks: the next sync is soon enough for it
LONG = 50_000  # rows; beyond that they are kept by the month and not by the year
NOTHING: Observations = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def place_of(team: str | None = None, repository: str | None = None) -> str:
    """A place as it is named among the kept figures: a team, a repository, or everywhere."""
    if team is not None:
        return f"team {team}"
    return EVERYWHERE if repository is None else f"repository {repository}"


@dataclass
class KeptFigures:
    """What is kept, as a screen reads it that looks at the store from a position on."""

    store: Store
    head: Head
    position: Position
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    stand: dict[str, bool] = field(default_factory=dict)
    empty: dict[str, Ledger] = field(default_factory=dict)
    held: Callable[[Indicator, datetime, datetime], Ledger] | None = None

    @cached_property
    def calendar(self) -> Calendar:
        """How the weeks were cut."""
        said = self.head.said["calendar"]
        return Calendar(said["timezone"], said["week_starts"], _moment(said["until"]), _moment(said["now"]))

    @cached_property
    def coverage(self) -> Frame:
        """What was synced when they were kept."""
        return unpacked_rows(self.head.coverage)

    def has(self, indicator: Indicator) -> bool:
        """Whether an indicator is kept, and nothing that it is made of was written to since."""
        if indicator.id not in self.stand:
            about = self.head.said["indicators"].get(indicator.id)
            its = None if about is None else _written(indicator, about, self.head, self.position)
            self.stand[indicator.id] = its is not None and its <= BY_SCREENS
        return self.stand[indicator.id]

    def evidence(self, indicator: Indicator, scope: Scope) -> Evidence | None:
        """The evidence of a place; None where it is not kept and has to be taken from the rows."""
        is_a_place = scope.project is None and not scope.bots and None in {scope.team, scope.repository}
        if not is_a_place or not self.has(indicator) or not self.calendar.is_of(scope):
            return None
        place = place_of(scope.team, scope.repository)
        self.read([place], [indicator])
        content = self.known.get((place, indicator.id))
        if content is None:
            if indicator.id not in self.empty:
                self.empty[indicator.id] = self._ledger(indicator, NOTHING)
            return OfRows.of(indicator, self.empty[indicator.id], scope)
        return OfWeeks(
            content,
            self.calendar,
            lambda start, end: OfRows.of(indicator, self.ledger(indicator, start, end), scope),
        )

    def read(self, places: Iterable[str], indicators: Iterable[Indicator]) -> None:
        """Read figures that will be asked for, all in one go."""
        names = {one.id for one in indicators}
        lacking = [place for place in places if not all((place, name) in self.asked for name in names)]
        if lacking:
            self.known.update(store_of.figures(self.store, lacking, names, self.head.generation))
            self.asked.update((place, name) for place in lacking for name in names)

    def ledger(self, indicator: Indicator, start: datetime = BEGINNING, end: datetime = END) -> Ledger:
        """The rows of a half-open time, wherever they are; without one, all of them."""
        return (self.held or self._read)(indicator, start, end)

    def _read(self, indicator: Indicator, start: datetime, end: datetime) -> Ledger:
        first, last = ticks([start, end]).tolist()
        pieces = store_of.rows(self.store, indicator.id, first, last, self.head.generation)
        frames = [unpacked_rows(content) for content in pieces]
        return self._ledger(indicator, pd.concat(frames).sort_index() if frames else NOTHING)

    def beside(self, name: str) -> bytes | None:
        """What the end of the same sync put beside them."""
        return kept_facts.content(self.store, replace(self.head.label, name=name), self.head.generation)

    def put_beside(self, made: Mapping[str, bytes]) -> None:
        """Put what else was made of the same rows beside them, while they are being built."""
        named = {replace(self.head.label, name=name): content for name, content in made.items()}
        kept_facts.keep(self.store, self.head.generation, named)

    def holding(self, spans: int) -> "KeptFigures":
        """The same for who asks for many places of one time, and then ends: the rows of the last times are held."""
        return replace(self, held=lru_cache(spans)(self._read))

    def words(self, indicator: Indicator, column: str) -> tuple[str, ...]:
        """The teams or the repositories of an indicator's rows."""
        found: list[str] = self.head.said["indicators"][indicator.id][column]
        return tuple(found)

    def _ledger(self, indicator: Indicator, rows: Observations) -> Ledger:
        rows = rows.copy(deep=False)
        rows.attrs = self.head.said["indicators"][indicator.id]["attrs"]
        return Ledger(rows)


def _moment(tick: int) -> datetime:
    return EPOCH + tick * MICROSECOND


def _written(indicator: Indicator, about: Mapping[str, Any], head: Head, position: Position) -> set[str]:
    """The tables behind an indicator that were written to since it was kept."""
    since = Position(head.label.era, about["latest"])
    reads = set(tables_of(indicator.facts)).difference(LOOKED_UP)
    return {table for table in reads if position.changed(table, since)}


def kept(store: Store, made_with: str, position: Position, head: Head | None) -> KeptFigures | None:
    """The figures under a head, if they are of this code and configuration in this era of the store."""
    is_mine = head is not None and (head.label.made_with, head.label.era) == (made_with, position.era)
    return KeptFigures(store, head, position) if head and is_mine else None


def keep(
    store: Store, number: int, label: Label, before: KeptFigures | None, facts: Facts, calendar: Calendar, synced: Frame
) -> KeptFigures:
    """Reckon every indicator whose rows changed since `before`, in the places where they did, for a new generation.

    `label` says what they are made with; `synced` is the coverage. Raises Overtaken when a later one has begun.
    """
    same_weeks = before is not None and before.calendar.until == calendar.until
    known: dict[str, Any] = dict(before.head.said["indicators"]) if before and same_weeks else {}
    for one in CATALOGUE:
        if not _stands(one, known, before):
            ledger = Ledger(observations(one, facts))
            _keep_one(store, number, one, ledger, calendar, anew=not same_weeks)
            known[one.id] = {"latest": label.latest, "attrs": ledger.attrs} | {
                name: ledger.names(name).words for name in PLACES
            }
    now, until = ticks([calendar.now, calendar.until]).tolist()
    weeks = {"timezone": calendar.timezone, "week_starts": calendar.week_starts, "until": until, "now": now}
    bare = synced.copy(deep=False)
    bare.attrs = {}  # what was looked up in it
    head = Head(label, {"calendar": weeks, "indicators": known}, packed_rows(bare), number)
    return KeptFigures(store, head, label.position)


def _stands(one: Indicator, said: Mapping[str, Any], before: KeptFigures | None) -> bool:
    """Whether nothing was written to what an indicator is made of."""
    known = before is not None and one.id in said and all(is_kept(name) for name in one.facts)
    return known and before is not None and not _written(one, said[one.id], before.head, before.position)


def _keep_one(store: Store, number: int, one: Indicator, ledger: Ledger, calendar: Calendar, anew: bool) -> None:
    """Reckon the places whose rows changed; all where another week is over or the code is another."""
    prints = fingerprints(ledger)
    places, pieces = store_of.digests(store, one.id, number)
    now = _digests(ledger, prints)
    figures: dict[str, tuple[str, bytes] | None] = dict.fromkeys(set(places).difference(now))
    for place, digest in now.items():
        if anew or places.get(place) != digest:
            kind, _, word = place.partition(" ")
            scope = replace(calendar.scope, team=word) if kind == "team" else calendar.scope
            scope = replace(scope, repository=word) if kind == "repository" else scope
            figures[place] = digest, packed(OfRows.of(one, ledger, scope), calendar)
    known = dict.fromkeys(pieces, "") if anew else pieces
    store_of.replace(store, number, one.id, figures, _pieces(one, ledger, prints, known))


def _digests(ledger: Ledger, prints: Prints) -> dict[str, str]:
    """What the rows of each place that has any add up to."""
    found = {EVERYWHERE: str(prints.sum())} if len(prints) else {}
    return found | {f"{kind} {word}": n for kind in PLACES for word, n in by_word(ledger, kind, prints).items()}


def _pieces(one: Indicator, ledger: Ledger, prints: Prints, known: Mapping[int, str]) -> dict[int, Piece | None]:
    """The stretches of time whose rows changed; of what is open for a while, those in which it ended."""
    is_open = one.summary in OPEN
    stretches = by_month(ledger, by_end=is_open, months=1 if len(prints) > LONG else 12)
    found: dict[int, Piece | None] = dict.fromkeys(set(known).difference(stretches))
    digests = {number: str(prints[places].sum()) for number, places in stretches.items()}
    changed = [number for number, digest in digests.items() if known.get(number) != digest]
    table = as_table(ledger.seen if changed else NOTHING)
    for number in changed:
        places = stretches[number]
        rows = table.take(np.sort(ledger.order[places]))
        ends = ledger.until if is_open else ledger.moments
        edges = int(ledger.moments[places].min()), int(ends[places].max())
        found[number] = Piece(*edges, digests[number], written(rows))
    return found
