"""Facts: one row per pull request, joined from the rows of the store, before any formula looks at them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from metrics.model import Facts, Frame
from metrics.organisation import Organisation
from metrics.pull_requests import pull_requests
from metrics.reviews import reviews


@dataclass(frozen=True)
class Fact:
    """A kind of fact row, and the builder whose parameters name the tables that it reads."""

    name: str
    build: Callable[..., Frame]

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables and facts that the builder reads, the main one first."""
        return tuple(name for name in inspect.signature(self.build).parameters if name != "organisation")


FACTS: Mapping[str, Fact] = {
    fact.name: fact for fact in (Fact("pull_requests", pull_requests), Fact("reviews", reviews))
}


def tables_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """The tables behind some facts, the main ones first, each once."""
    return tuple(dict.fromkeys(table for name in names for table in FACTS[name].reads))


def build(tables: Mapping[str, Frame], organisation: Organisation) -> Facts:
    """Every fact frame, each built when it is first asked for."""
    return _Facts(tables, organisation)


class _Facts(dict[str, Frame]):
    def __init__(self, tables: Mapping[str, Frame], organisation: Organisation) -> None:
        super().__init__()
        self.tables, self.organisation = tables, organisation

    def __missing__(self, name: str) -> Frame:
        given: dict[str, Any] = {table: self.tables[table] for table in FACTS[name].reads}
        if "organisation" in inspect.signature(FACTS[name].build).parameters:
            given["organisation"] = self.organisation
        self[name] = FACTS[name].build(**given)
        return self[name]
