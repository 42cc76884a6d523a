"""How new the data is, what a sync is doing, and a watch that redraws the page when rows have arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from data import record
from data.record import Walk
from metrics.model import Scope
from metrics.periods import periods
from pages.ui import commands, results
from pages.ui.results import Source
from pages.ui.view import View
from pages.ui.words import ago

MAIN = "pull_requests"
READ_FOR = {MAIN, "issues", "git_commits"}  # what a source is read for; other streams may rest for a day
LOOK_EVERY, LOOK_SOMETIMES = 1.0, 5.0  # seconds


@dataclass(frozen=True)
class Freshness:
    """Where a store stands: repositories reached of those known, how many failed, and when each source was synced.

    `sources` has the oldest of the latest syncs of what a source is read for; `complete` of `streams` reach back to the
    start.
    """

    repositories: int
    reached: int
    failed: int
    sources: Mapping[str, datetime]
    complete: int
    streams: int

    @property
    def synced_at(self) -> datetime | None:
        """Since when nothing may be missing, of any source."""
        return min(self.sources.values(), default=None)

    @property
    def is_ready(self) -> bool:
        """Whether every repository has its newest pull requests."""
        return 0 < self.repositories == self.reached


def freshness(status: tuple[Walk, ...]) -> Freshness:
    """Where the streams stand; a repository is reached when its newest pull requests are there, or its sync failed."""
    known = {line.scope for line in status if line.stream in {"repositories", MAIN}}
    main = [line for line in status if line.stream == MAIN]
    return Freshness(
        len(known),
        sum(bool(line.complete or line.oldest or line.error) for line in main),
        len({line.scope for line in status if line.error}),
        _by_source(line for line in status if line.stream in READ_FOR),
        sum(line.complete for line in status),
        len(status),
    )


def _by_source(lines: Iterable[Walk]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for line in lines:
        if line.synced_at:
            found[line.source] = min(line.synced_at, found.get(line.source, line.synced_at))
    return found


def in_words(now: Freshness, scope: Scope, clock: datetime) -> str:
    """One line: when each source was synced, whether the last week is complete, how much is there."""
    if now.synced_at is None:
        return "not synced yet"
    week = periods(scope)[-1]
    name = f"week {week.label.partition('-W')[2].lstrip('0')}"
    state = "complete" if now.synced_at >= week.end else "not complete"
    said = [
        f"synced {_when(now, clock)}",
        f"{name} {state}",
        f"{now.reached} of {now.repositories} repositories",
        f"{_share(now)} of {now.streams:,} streams complete",
    ]
    return " · ".join([*said, f"{now.failed} with errors"] if now.failed else said)


def _when(now: Freshness, clock: datetime) -> str:
    """When every source was synced: in one word where it was the same, else by name."""
    said = {source: ago(at, clock) for source, at in sorted(now.sources.items())}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return ", ".join(f"{source} {when}" for source, when in said.items())


def _share(now: Freshness) -> str:
    """Rounded down: 100 % is said of all alone."""
    return f"{100 * now.complete // now.streams} %"


def strip(view: View, about: str = "") -> None:
    """The line under the title: how new the data is, and what the page is about."""
    said = in_words(freshness(view.status), view.scope, view.clock)
    running = " · a sync is running" if results.is_syncing(view.source.store) else ""
    running += " · figures as the one before left them" if view.source.is_held else ""
    st.caption(f"{about + ' · ' if about else ''}{said}{running}")


def loading(view: View) -> bool:
    """Show how far the first load has come, while there is nothing complete enough to draw; whether it was shown."""
    store = view.source.store
    busy = results.is_syncing(store) or any(c.is_running for c in commands.started(view.source.url).values())
    now = freshness(view.status)
    if now.is_ready or not busy:
        return False
    st.progress(
        now.reached / now.repositories if now.repositories else 0.0,
        f"Loading the newest weeks: {now.reached} of {now.repositories or '…'} repositories. "
        "Charts appear as soon as they are there; older history fills in behind them.",
    )
    return True


def watch(source: Source, had_ended: bool) -> None:
    """Draw the page again when a sync has brought rows, or has ended; looked up often only while a page fills."""
    is_filling = not had_ended and not source.is_held
    often = LOOK_EVERY if is_filling else LOOK_SOMETIMES
    st.fragment(_look, run_every=often)(source.url, source.version, had_ended)


def _look(url: str, shown: str, had_ended: bool) -> None:
    store = results.open_store(url)
    drawn = results.drawn(url)
    is_old = drawn.glance(store) != shown or drawn.is_syncing == had_ended
    if is_old and results.is_quiet():  # else the next time: who opens a page goes first
        st.rerun()


def latest(view: View) -> dict[str, object] | None:
    """The newest sync."""
    return record.latest_run(view.source.store)
