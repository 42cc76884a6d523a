"""What the streams of one git source share: the clone, opened once a sync, and what the store has of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors.base import ConnectorError, Meter, Scope
from connectors.git import clone
from connectors.git.branch import Branch
from connectors.git.clone import Clone
from data import clock
from data.config import Config
from data.settings import Git
from data.store import Store

WINDOW = timedelta(days=800)  # of a partial clone the contents of these last days are fetched: 26 months


@dataclass(frozen=True)
class Source:
    """One [[git]] entry; `beside`: the folder of the configuration, for a relative path."""

    settings: Git
    beside: Path | None = None

    @property
    def name(self) -> str:
        """The source's name in the store."""
        return self.settings.name

    @property
    def path(self) -> Path:
        """The local clone: beside the configuration, or where the command runs."""
        given = Path(self.settings.path).expanduser()
        beside = (self.beside or Path()) / given
        return beside if beside.is_dir() else given


def sources(config: Config) -> Sequence[Source]:
    """The [[git]] entries of a configuration."""
    file = getattr(config, "file", None)
    return [Source(entry, Path(file).parent if file else None) for entry in config.git]


@dataclass
class Session:
    """One repository of git, read in this sync."""

    source: Source
    meter: Meter
    store: Store
    now: datetime = field(default_factory=lambda: clock.now().astimezone(UTC))
    opened: Clone | None = None

    def scopes(self) -> Iterator[Scope]:
        """The one repository."""
        yield Scope(self.source.settings.repository, self.source.settings.repository)

    @property
    def where(self) -> dict[str, Any]:
        """Which rows of the store are this repository's."""
        return {"source": self.source.name, "repository_id": self.source.settings.repository}

    def clone(self) -> Clone:
        """The clone, renewed when it is first asked for. Raises Missing, ConnectorError."""
        if self.opened is None:
            self.opened = opened(self.source, clones_of(self.store), self.meter)
            self.meter.spent(requests=1)
        return self.opened

    @cached_property
    def branch(self) -> Branch:
        """All commits of the branch, listed when they are first asked for. Raises Missing, ConnectorError."""
        return Branch(self.clone().commits(), self.now)


def clones_of(store: Store) -> Path:
    """The folder of clones: beside the store's file, else in data/."""
    database = store.engine.url.database
    is_file = not store.is_shared and database and database != ":memory:"
    return (Path(database).resolve().parent if is_file and database else Path("data").resolve()) / "clones"


def opened(source: Source, clones: Path, meter: Meter) -> Clone:
    """Open the clone of a source, made or renewed first. Raises Missing, ConnectorError."""
    folder = clone.folder_of(clones, source.settings.repository)
    if source.settings.path:
        return clone.of_path(folder, source.path)
    if source.settings.url:
        return clone.of_url(folder, source.settings.url, meter)
    raise ConnectorError(f"[[git]] {source.settings.repository}: give it a path or a url")
