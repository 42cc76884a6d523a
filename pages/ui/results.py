"""The cache of the screens: facts by version of the data, results by indicator and scope."""

import gc
import time
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from data import notes, record
from data.config import Config
from data.store import Store
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.evaluate import evaluate, observations
from metrics.ledger import Ledger
from metrics.loading import Loaded, load
from metrics.marks import Mark
from metrics.model import Result, Scope
from metrics.periods import as_of_midnight
from metrics.said import Said, said
from metrics.targets import target_in

FIRST_PAUSE, SHORTEST_PAUSE = 0.5, 3.0
PAUSE_PER_LOAD = 4
LONG_RUN = 1.0


@dataclass(frozen=True)
class Source:
    """What figures are computed from: a store and a configuration, at one version of the data."""

    url: str
    digest: str
    version: str
    store: Store = field(compare=False, repr=False)
    settings: Config = field(compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other; a note changes nothing of it."""
        return self.url, self.digest, self.version

    @cached_property
    def said(self) -> Said:
        """What the notes and the configuration say beside the numbers, as it was when this run began."""
        return _said((self.key, notes.version(self.store)), self)


@dataclass
class Drawn:
    """The version of a store that the screens show now, since when, what loading it cost, in seconds, and its facts."""

    version: str = ""
    since: float = 0.0
    cost: float = 0.0
    loaded: Loaded | None = None

    def follow(self, store: Store) -> str:
        """The version to draw: the store's, though while a sync brings rows no faster than they can be loaded."""
        latest, rested = store.version(), time.monotonic() - self.since
        pause = max(SHORTEST_PAUSE, PAUSE_PER_LOAD * self.cost) if self.cost else FIRST_PAUSE
        if latest != self.version and (rested > pause or not self.version or not is_syncing(store)):
            self.version, self.since = latest, time.monotonic()
        return self.version


@st.cache_resource(show_spinner=False)
def open_store(url: str) -> Store:
    """The store at a URL, opened once a process. Raises StoreError."""
    return Store.open(url)


@st.cache_resource(show_spinner=False)
def drawn(url: str) -> Drawn:
    """What the screens show of the store at a URL."""
    return Drawn()


def settle(took: float) -> None:
    """After a run that filled the caches, in seconds of the processor: what they hold is set aside for good.

    Streamlit collects garbage after every run, and would look through all of a company's figures each time.
    """
    if took > LONG_RUN:
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def is_syncing(store: Store) -> bool:
    """Whether a sync has begun and not ended."""
    run = record.latest_run(store)
    return run is not None and run["finished_at"] is None


def status(source: Source) -> tuple[record.StreamStatus, ...]:
    """How far each stream had come at this version of the data."""
    return _status(source.key, source)


def loaded(source: Source) -> Loaded:
    """The facts behind every indicator."""
    return _loaded(source.key, source)


def seen(source: Source, indicator: str) -> Ledger:
    """Every observation of an indicator; what reading and reckoning it cost is noted."""
    return _seen((source.key, indicator), source)


def marks(source: Source, indicator: str, scope: Scope) -> tuple[Mark, ...]:
    """What is said of an indicator over a scope: a note that concerns others makes nothing be reckoned again."""
    return tuple(mark for mark in source.said.marks if mark.concerns(indicator, scope.place))


def answer(source: Source, indicator: str, scope: Scope) -> Result:
    """An indicator over a scope; of weeks that are over it is reckoned once a day."""
    scope = as_of_midnight(scope)
    return _answer((source.key, indicator, scope, marks(source, indicator, scope)), source)


def reckoned(source: Source, name: str, scope: Scope) -> Result:
    """An indicator over a scope, kept nowhere: for who keeps many of them together."""
    indicator, everything = INDICATORS[name], loaded(source)
    aim = target_in(scope, indicator, source.settings)
    return evaluate(indicator, seen(source, name), scope, everything.coverage, aim, marks(source, name, scope))


@st.cache_resource(max_entries=2, show_spinner=False)
def _status(key: tuple[str, str, str], _source: Source) -> tuple[record.StreamStatus, ...]:
    return tuple(record.status(_source.store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _loaded(key: tuple[str, str, str], _source: Source) -> Loaded:
    shown = drawn(_source.url)
    shown.loaded = load(_source.store, _source.settings, shown.loaded)  # what no sync has touched is not built again
    return shown.loaded


@st.cache_resource(max_entries=2, show_spinner=False)
def _said(key: tuple[tuple[str, str, str], int], _source: Source) -> Said:
    return said(_source.store, _source.settings, loaded(_source).organisation)


@st.cache_resource(max_entries=2 * len(CATALOGUE), show_spinner=False)
def _seen(key: tuple[tuple[str, str, str], str], _source: Source) -> Ledger:
    began = time.monotonic()
    ledger = Ledger(observations(INDICATORS[key[1]], loaded(_source).facts))
    drawn(_source.url).cost = max(drawn(_source.url).cost, time.monotonic() - began)
    return ledger


@st.cache_resource(max_entries=512, show_spinner=False)
def _answer(key: tuple[tuple[str, str, str], str, Scope, tuple[Mark, ...]], _source: Source) -> Result:
    _, name, scope, _ = key
    return reckoned(_source, name, scope)
