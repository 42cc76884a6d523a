"""Files in CSV, for what happens outside GitHub and Jira: deployments, incidents, surveys, debt, capacity, cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from connectors.base import Connector, ConnectorError, Finding, Meter, Page, Scope, Settled, State, Stream
from connectors.files.client import read_text
from connectors.files.kinds import KINDS, Kind
from connectors.files.notation import USUAL, Notation
from connectors.files.parse import read
from data.config import Config
from data.store import Store


@dataclass(frozen=True)
class File:
    """One file of the configuration: a source of its own, so that a line taken out of it is known to be gone."""

    kind: str
    path: Path
    name: str
    notation: Notation = USUAL
    beside: Path | None = None

    def scopes(self) -> list[Scope]:
        """The file itself."""
        return [Scope(self.path.name, self.path.name)]


def _files(config: Config) -> Sequence[File]:
    beside = config.file.parent if config.file else Path()
    entries = getattr(config, "files", ())
    return [
        File(
            entry.kind,
            beside / entry.path,
            entry.name or f"files:{entry.path}",
            Notation(entry.encoding, entry.decimal, entry.thousands, entry.dates),
            beside,
        )
        for entry in entries
    ]


def _connect(file: File, meter: Meter, store: Store) -> File:
    return file


def fetch(kind: Kind, file: File, scope: Scope, state: State) -> Iterator[Page]:
    """The whole file in one page, or nothing of it. Raises Missing, WrongFileError."""
    if file.kind != kind.name:
        return
    found = read_text(file.path, file.notation.encoding, file.beside)
    rows = kind.rows(read(found.text, kind, str(file.path), file.notation))
    settled = [Settled(table, {}, found.at) for table in kind.tables]
    yield Page(found.at, rows, high_water=found.written_at, settled=settled)


def check(file: File, config: Config) -> Iterator[Finding]:
    """Whether the file can be read, and how much is in it."""
    kind = KINDS[file.kind]
    try:
        text = read_text(file.path, file.notation.encoding, file.beside).text
        records = read(text, kind, str(file.path), file.notation)
    except ConnectorError as error:
        yield Finding(False, file.path.name, str(error))
        return
    yield Finding(True, file.path.name, f"{len(records)} lines of {kind.name}")


CONNECTOR = Connector(
    name="files",
    title="Files",
    settings=_files,
    connect=_connect,
    streams=tuple(Stream(kind.name, partial(fetch, kind), kind.fills) for kind in KINDS.values()),
    check=check,
)
