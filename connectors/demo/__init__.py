"""The demonstration organisation: sample data is just another connector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd

from connectors.base import Connector, Finding, Meter, Page, Scope, State, Stream
from connectors.demo.code_host import Tables, repository_id
from connectors.demo.generate import generate
from connectors.demo.organisation import configuration, organisation
from connectors.demo.rows import rows
from data.config import Config
from data.store import Row, Store

NEWEST = timedelta(weeks=27)
__all__ = ["CONNECTOR", "DemoSettings", "configuration"]


@dataclass(frozen=True)
class DemoSettings:
    """What the demonstration is made for: it is never in a configuration file."""

    name: str
    now: datetime


@dataclass(frozen=True)
class Demonstration:
    """The organisation, drawn when the sync begins."""

    now: datetime
    tables: Tables = field(repr=False)

    def scopes(self) -> list[Scope]:
        """The repositories."""
        names = organisation().repositories
        return [Scope(repository_id(p), name, {"place": p}) for p, name in enumerate(names)]

    def page(self, stream: Stream, scope: Scope, since: datetime | None, until: datetime | None) -> dict[str, list[Row]]:
        """The rows of a stream's tables that last changed in [since, until)."""
        return {name: rows(_cut(self.tables[name], scope, since, until)) for name in stream.tables if name in self.tables}


def _cut(table: pd.DataFrame, scope: Scope, since: datetime | None, until: datetime | None) -> pd.DataFrame:
    if "scope" in table:
        table = table[table["scope"] == scope.facts["place"]]
    if "changed" in table and since:
        table = table[table["changed"] >= since.timestamp()]
    if "changed" in table and until:
        table = table[table["changed"] < until.timestamp()]
    return table.drop(columns=["scope", "changed"], errors="ignore")


def _whole(session: Demonstration, scope: Scope, state: State) -> Iterator[Page]:
    stream = next(s for s in CONNECTOR.streams if s.name == "repositories")
    yield Page(session.now, session.page(stream, scope, None, None), high_water=session.now)


def _pull_requests(session: Demonstration, scope: Scope, state: State) -> Iterator[Page]:
    stream = next(s for s in CONNECTOR.streams if s.name == "pull_requests")
    turn = session.now - NEWEST
    yield Page(session.now, session.page(stream, scope, turn, None), cursor={"until": turn.isoformat()}, oldest=turn)
    yield Page(session.now, session.page(stream, scope, None, turn), high_water=session.now)


def _settings(config: Config) -> Sequence[DemoSettings]:
    return ()


def _connect(entry: DemoSettings, meter: Meter, store: Store) -> Demonstration:
    now = entry.now.astimezone(UTC)
    return Demonstration(now, generate(now))


def _check(entry: DemoSettings, config: Config) -> Iterator[Finding]:
    yield Finding(True, "demonstration", "nothing to reach: it is made up on this machine")


CONNECTOR = Connector(
    name="demo",
    title="Demonstration organisation",
    settings=_settings,
    connect=_connect,
    streams=(
        Stream("repositories", _whole, ("accounts",)),
        Stream(
            "pull_requests",
            _pull_requests,
            ("reviews", "review_comments", "comments", "commits", "pull_request_events"),
        ),
    ),
    check=_check,
)
