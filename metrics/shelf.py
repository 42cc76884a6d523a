"""Facts that the last sync left behind ready built: a screen, a report or a command takes them instead of building."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data import kept_facts
from data.kept_facts import Label
from data.schema import NUMBERED
from data.stamps import Position
from data.store import Store
from metrics.facts import FACTS
from metrics.model import Facts, Frame
from metrics.organisation import Organisation
from metrics.refreshing import OF_ONE_PULL_REQUEST

LOOKED_UP = ("repositories",)  # written in every sync and seldom changed: known by what it says


@dataclass(frozen=True)
class Shelf:
    """What is kept in a store for one code, configuration and list of repositories, seen from a position on.

    The facts of pull requests name each other's rows by position: they are kept and taken together.
    """

    store: Store
    made_with: str
    position: Position | None
    generation: int | None = None  # the current one

    @cached_property
    def labels(self) -> dict[str, Label]:
        """What is kept of this code and configuration in this era of the store, by name, new or old."""
        known = kept_facts.labels(self.store, self.generation)
        here = self.position
        return {n: one for n, one in known.items() if here and (one.made_with, one.era) == (self.made_with, here.era)}

    @cached_property
    def fresh(self) -> frozenset[str]:
        """The facts that still hold."""
        held = {name for name, label in self.labels.items() if name in FACTS and not self._is_stale(label)}
        together = {self.labels[name].latest for name in OF_ONE_PULL_REQUEST if name in held}
        is_whole = held.issuperset(OF_ONE_PULL_REQUEST) and len(together) == 1
        return frozenset(held if is_whole else held.difference(OF_ONE_PULL_REQUEST))

    def _is_stale(self, label: Label) -> bool:
        here = self.position
        reads = set(FACTS[label.name].reads).difference(LOOKED_UP)
        return here is None or any(here.changed(table, label.position) for table in reads)

    def take(self, name: str) -> Frame | None:
        """A fact as it was built, null when it is not there or no longer holds."""
        return self.old(name) if name in self.fresh else None

    def old(self, name: str) -> Frame | None:
        """A fact as it was built, whether it still holds or not."""
        is_there = name in self.labels
        content = kept_facts.content(self.store, self.labels[name], self.generation) if is_there else None
        return None if content is None else unpacked(content)

    def taker(self, but: Collection[str] = ()) -> Callable[[str], Frame | None]:
        """`take` for all facts but some."""
        return lambda name: None if name in but else self.take(name)

    def put(self, facts: Facts, number: int) -> list[str]:
        """Keep every fact that is not there yet in a generation that is being built; which these were."""
        here = self.position
        if here is None:
            return []
        lacking = [name for name in FACTS if is_kept(name) and name not in self.fresh]
        groups = [[name for name in lacking if name in OF_ONE_PULL_REQUEST]]
        groups += [[name] for name in lacking if name not in OF_ONE_PULL_REQUEST]
        for group in filter(None, groups):
            labels = {name: Label(name, self.made_with, here.era, here.latest) for name in group}
            kept_facts.keep(self.store, number, {labels[name]: packed(facts[name]) for name in group})
        return lacking


def is_kept(name: str) -> bool:
    """Whether it is known of all that a fact is built from when it was written to."""
    return set(FACTS[name].reads) <= set(NUMBERED)


def made_with(organisation: Organisation, repositories: Frame) -> str:
    """What tells one way to build facts from every other: the code, the configuration, and the repositories' names."""
    said = [code(), _told(organisation), _told(repositories.drop(columns="seen_at", errors="ignore"))]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@cache
def code() -> str:
    """A digest of this package and of what it builds frames with."""
    whole = hashlib.sha256(f"pandas {pd.__version__}, pyarrow {pa.__version__}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(file.read_bytes())
    return whole.hexdigest()


def _told(value: Any) -> str:
    """A value as words that are the same in every process."""
    if isinstance(value, pd.DataFrame):
        return value.to_json(date_format="iso", date_unit="us")
    if is_dataclass(value):
        return _told({one.name: getattr(value, one.name) for one in fields(value)})
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{name!r}:{_told(one)}" for name, one in sorted(value.items())) + "}"
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_told, value))) + "}"
    if isinstance(value, tuple | list):
        return "[" + ",".join(map(_told, value)) + "]"
    return repr(value)


def packed(facts: Frame) -> bytes:
    """A fact as Arrow data."""
    return written(pa.Table.from_pandas(facts))


def as_table(rows: Frame) -> pa.Table:
    """Rows of which some will be written, each with its label."""
    return pa.Table.from_pandas(rows, preserve_index=True)


def written(table: pa.Table) -> bytes:
    """A table as Arrow data."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(table)
    return bytes(sink.getvalue())


def unpacked(content: bytes) -> Frame:
    """A fact from Arrow data."""
    table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    facts: Frame = table.to_pandas()
    for one in table.schema:
        if pa.types.is_list(one.type):
            facts[one.name] = pd.Series(table[one.name].to_pylist(), index=facts.index, dtype="object")
    return facts
