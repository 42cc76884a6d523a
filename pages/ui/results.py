"""The cache of the screens: facts by version of the data, results by indicator and scope."""

import gc
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Semaphore

import streamlit as st

from data import kept_figures, notes, record
from data.config import Config
from data.kept_figures import Look
from data.store import Store
from metrics import evaluate
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.evaluate import result
from metrics.evidence import Evidence, OfRows
from metrics.headlines import Place
from metrics.kept_figures import place_of
from metrics.ledger import Ledger
from metrics.loading import Loaded, load
from metrics.marks import Mark
from metrics.model import Point, Result, Scope
from metrics.periods import as_of_midnight
from metrics.said import Said, said
from metrics.targets import target_in

FIRST_PAUSE, SHORTEST_PAUSE = 0.5, 3.0
PAUSE_PER_LOAD = 4
HELD = " held"
GLANCE = 0.9  # seconds
LONG_RUN = 1.0
AT_ONCE = 2  # pages


@dataclass(frozen=True)
class Source:
    """What figures are computed from: a store and a configuration, at one version of the data."""

    url: str
    digest: str
    version: str
    store: Store = field(compare=False, repr=False)
    settings: Config = field(compare=False, repr=False)

    @property
    def is_held(self) -> bool:
        """Whether it is shown as the end of the last sync left it, while another one writes."""
        return self.version.endswith(HELD)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other; a note changes nothing of it."""
        return self.url, self.digest, self.version

    @cached_property
    def loaded(self) -> Loaded:
        """The facts and figures at this version."""
        return _loaded(self.key, self)

    @cached_property
    def said(self) -> Said:
        """What the notes and the configuration say beside the numbers, as it was when this run began."""
        return _said((self.key, notes.version(self.store)), self)


@dataclass
class Drawn:
    """The version of a store that the screens show now, since when, what loading it cost, in seconds, and its facts."""

    version: str = ""
    kept: str = ""  # the figures that it is drawn from
    since: float = 0.0
    cost: float = 0.0
    loaded: Loaded | None = None
    looked: float = 0.0
    is_syncing: bool = False

    def glance(self, store: Store) -> str:
        """The version to draw, looked up for all readers of a process at most so often."""
        return self.version if time.monotonic() - self.looked < GLANCE else self.follow(store)

    def follow(self, store: Store) -> str:
        """The version to draw: the store's.

        While a sync works, and until its figures are there, that which the last one left ready; where none did, the
        store's, though no more often than its rows can be loaded.
        """
        seen, now = kept_figures.look(store), time.monotonic()
        self.looked, self.is_syncing = now, seen.is_syncing
        if self.is_ready(seen):
            if not self.version or seen.kept != self.kept:
                self.version, self.kept = f"{seen.kept}{HELD}", seen.kept
            return self.version
        latest, rested = f"{seen.version} {seen.kept}", now - self.since
        pause = max(SHORTEST_PAUSE, PAUSE_PER_LOAD * self.cost) if self.cost else FIRST_PAUSE
        if latest != self.version and (rested > pause or not self.version or not seen.is_syncing):
            self.version, self.kept, self.since = latest, seen.kept, now
        return self.version

    def is_ready(self, seen: Look) -> bool:
        """Whether the last sync has left figures, and others are on their way."""
        return bool(seen.kept) and (seen.is_syncing or seen.are_due)


@st.cache_resource(show_spinner=False)
def open_store(url: str) -> Store:
    """The store at a URL, opened once a process. Raises StoreError."""
    return Store.open(url)


@st.cache_resource(show_spinner=False)
def drawn(url: str) -> Drawn:
    """What the screens show of the store at a URL."""
    return Drawn()


@st.cache_resource(show_spinner=False)
def turns() -> Semaphore:
    """Held by who draws a page, in the order of their coming: all are served sooner than if all were drawn at once.

    One interpreter draws one page at a time, while another one waits for the store.
    """
    return Semaphore(AT_ONCE)


def is_quiet() -> bool:
    """Whether nobody would have to wait for a turn."""
    is_free = turns().acquire(blocking=False)
    if is_free:
        turns().release()
    return is_free


def settle(took: float) -> None:
    """After a run that filled the caches, in seconds of the processor: what they hold is set aside for good.

    Whoever collects garbage would look through all of a company's figures each time.
    """
    if took > LONG_RUN:
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def is_syncing(store: Store) -> bool:
    """Whether a sync has begun and not ended."""
    run = record.latest_run(store)
    return run is not None and run["finished_at"] is None


def status(source: Source) -> tuple[record.Walk, ...]:
    """How far each stream had come at this version of the data."""
    return _status(source.key, source)


def loaded(source: Source) -> Loaded:
    """The facts behind every indicator."""
    return source.loaded


def seen(source: Source, indicator: str) -> Ledger:
    """Every observation of an indicator; what reading and reckoning it cost is noted."""
    return _seen((source.key, indicator), source)


def evidence(source: Source, name: str, scope: Scope) -> Evidence:
    """What an indicator is reckoned from in a place: what the last sync left of it, else its rows."""
    indicator, figures = INDICATORS[name], loaded(source).figures
    found = figures.evidence(indicator, scope) if figures else None
    return found or OfRows.of(indicator, seen(source, name), scope)


def prepare(source: Source, places: Iterable[Place], names: Iterable[str]) -> None:
    """Read what the last sync left of some indicators in some places (team, repository), all in one go."""
    figures = loaded(source).figures
    if figures:
        figures.read([place_of(*place) for place in places], [INDICATORS[name] for name in names])


def words(source: Source, name: str, column: str) -> tuple[str, ...]:
    """The teams or the repositories in which an indicator was observed."""
    indicator, figures = INDICATORS[name], loaded(source).figures
    if figures and figures.has(indicator):
        return figures.words(indicator, column)
    return seen(source, name).names(column).words


def marks(source: Source, indicator: str, scope: Scope) -> tuple[Mark, ...]:
    """What is said of an indicator over a scope: a note that concerns others makes nothing be reckoned again."""
    return tuple(mark for mark in source.said.marks if mark.concerns(indicator, scope.place))


def answer(source: Source, indicator: str, scope: Scope) -> Result:
    """An indicator over a scope; of weeks that are over it is reckoned once a day."""
    scope = as_of_midnight(scope)
    key = repr((source.key, indicator, scope, marks(source, indicator, scope)))  # Streamlit takes long over others
    return _answer(key, source, indicator, scope)


def reckoned(source: Source, name: str, scope: Scope) -> Result:
    """An indicator over a scope, kept nowhere: for who keeps many of them together."""
    indicator, coverage = INDICATORS[name], loaded(source).coverage
    aim = target_in(scope, indicator, source.settings)
    return result(indicator, evidence(source, name, scope), scope, coverage, aim, marks(source, name, scope))


def totals(source: Source, name: str, scope: Scope) -> tuple[Point, dict[str, Point]]:
    """The total of an indicator over a scope and those of its parts, where nothing else is asked."""
    return evaluate.totals(INDICATORS[name], evidence(source, name, scope), scope, loaded(source).coverage)


@st.cache_resource(max_entries=2, show_spinner=False)
def _status(key: tuple[str, str, str], _source: Source) -> tuple[record.Walk, ...]:
    return tuple(record.walks(_source.store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _loaded(key: tuple[str, str, str], _source: Source) -> Loaded:
    shown = drawn(_source.url)
    held = _source.is_held or shown.is_ready(kept_figures.look(_source.store))  # a sync may have begun since
    shown.loaded = load(_source.store, _source.settings, shown.loaded, held)  # what no sync has touched stays
    return shown.loaded


@st.cache_resource(max_entries=2, show_spinner=False)
def _said(key: tuple[tuple[str, str, str], int], _source: Source) -> Said:
    return said(_source.store, _source.settings, loaded(_source).organisation)


@st.cache_resource(max_entries=2 * len(CATALOGUE), show_spinner=False)
def _seen(key: tuple[tuple[str, str, str], str], _source: Source) -> Ledger:
    began = time.monotonic()
    ledger = loaded(_source).ledger(INDICATORS[key[1]])
    drawn(_source.url).cost = max(drawn(_source.url).cost, time.monotonic() - began)
    return ledger


@st.cache_resource(max_entries=512, show_spinner=False)
def _answer(key: str, _source: Source, _name: str, _scope: Scope) -> Result:
    return reckoned(_source, _name, _scope)
