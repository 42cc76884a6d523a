"""The store and the configuration as frames and facts; with keeping and shelf the only step here that reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import pandas as pd
from pydantic import TypeAdapter

from data import kept_facts, kept_figures, record, spelling
from data.config import Config
from data.persons import in_settings, pseudonyms_of
from data.spelling import AS_WRITTEN, Spelling
from data.stamps import Position
from data.store import Store
from metrics.configured import organisation
from metrics.coverage import no_coverage
from metrics.evaluate import observations
from metrics.facts import build, tables_of
from metrics.flow_rows import NEEDED as FLOW_NEEDS
from metrics.flow_rows import FlowRows
from metrics.flow_rows import unpacked as as_flow_rows
from metrics.headlines import NAME as HEADLINES
from metrics.headlines import Headlines
from metrics.headlines import unpacked as as_headlines
from metrics.keeping import Basis, Tables, kept
from metrics.kept_figures import KeptFigures
from metrics.kept_figures import kept as figures_of
from metrics.ledger import Ledger
from metrics.model import Facts, Frame, Indicator
from metrics.organisation import Organisation
from metrics.people import identities, no_accounts
from metrics.refreshing import OF_ONE_PULL_REQUEST
from metrics.review_lens import first_reviews, month_of
from metrics.shelf import LOOKED_UP, Shelf, code, made_with, unpacked
from metrics.team_flow import Outline

FLOW, OUTLINES, REVIEWS = "flow ", "outlines of flow", "first reviews "  # and the team; and the month
AS_OUTLINES = TypeAdapter(dict[str, Outline])
IDENTITIES, NAMED = "identities", ["author", "author_email", "author_name"]


@dataclass(frozen=True)
class Loaded:
    """What indicators are computed from: facts, what was synced, and the configuration behind both.

    `figures` are those that the end of a sync left behind, for whoever wants no more than those.
    """

    facts: Facts
    coverage: Frame
    organisation: Organisation
    settings: Config
    walks: tuple[record.Walk, ...]
    basis: Basis
    figures: KeptFigures | None = None
    recent: dict[datetime, FlowRows] = field(default_factory=dict, repr=False)  # where no sync left any

    @cached_property
    def status(self) -> tuple[record.StreamStatus, ...]:
        """How far each stream has come, its rows counted."""
        return tuple(record.status(self.basis.tables.store))

    @cached_property
    def headlines(self) -> Headlines | None:
        """What the end of the same sync said in short of the charts that are watched."""
        content = self._left(HEADLINES)
        return None if content is None else as_headlines(content)

    def ledger(self, indicator: Indicator) -> Ledger:
        """Every observation of an indicator: as the last sync left them, where they still hold, else reckoned."""
        if self.figures and self.figures.has(indicator):
            return self.figures.ledger(indicator)
        return Ledger(observations(indicator, self.facts))

    def flow_rows(self, team: str | None, since: datetime) -> FlowRows:
        """What the flow of a team is reckoned from, since a moment at least; as the last sync left it, where it did."""
        content = self._left(f"{FLOW}{team or ''}") if self._stands(FLOW_NEEDS) else None
        rows = None if content is None else as_flow_rows(content)
        enough = rows is not None and (rows.since is None or rows.since <= since)
        if rows and enough:
            return rows
        if since not in self.recent:
            self.recent[since] = FlowRows.of(self.facts, since=since)
        return self.recent[since].of_team(team)

    def outlines(self, end: datetime) -> Mapping[str, Outline]:
        """The flow of each team in a line, over the weeks up to `end`, as of the last sync; none where it left none."""
        content = self._left(OUTLINES) if self._stands(FLOW_NEEDS) else None
        found = {} if content is None else AS_OUTLINES.validate_json(content)
        return {team: one for team, one in found.items() if one.end == end}

    def first_reviews(self, start: datetime, end: datetime) -> Frame:
        """Pull requests that were reviewed in a time, and some around it; as the last sync left them, where it did."""
        months = range(month_of(start), month_of(end) + 1)
        left = [self._left(f"{REVIEWS}{month}") for month in months] if self._stands(("pull_requests",)) else [None]
        known = [unpacked(content) for content in left if content is not None]
        return pd.concat(known) if len(known) == len(left) else first_reviews(self.facts["pull_requests"])

    def _left(self, name: str) -> bytes | None:
        """What the end of the sync that left the figures left beside them."""
        return None if self.figures is None else self.figures.beside(name)

    def _stands(self, names: tuple[str, ...]) -> bool:
        """Whether nothing was written to what some facts are made of since figures were kept."""
        here, figures = self.basis.position, self.figures
        if here is None or figures is None:
            return False
        return not any(here.changed(table, figures.head.position) for table in set(tables_of(names)) - set(LOOKED_UP))


def load(store: Store, settings: Config, earlier: Loaded | None = None, held: bool = False) -> Loaded:
    """What indicators are computed from; tables and facts are read and built when they are first asked for.

    Of `earlier`, what no sync has touched since stays, and of the facts of pull requests only touched ones are built
    again. `held`: what the end of the last sync left is taken as it is, although rows have been written since.
    """
    there = kept_figures.state(store)  # before anything is read: what comes in meanwhile is read again the next time
    of_repositories = spelling.repositories(store)
    settings = spelling.as_stored(settings, of_repositories, spelling.projects(store))
    position, head = there.position, there.head if held else None
    if head and position and head.label.era == position.era:
        position = head.position
    walks = tuple(record.walks(store))
    hidden = in_settings(settings, store.mask(pseudonyms_of(settings)))
    who = organisation(hidden, kept_identities(store, position, there.generation) if hidden.people else None)
    tables = Tables(store)
    basis = Basis(tables, who, position, made_with(who, tables["repositories"]))
    shelf = Shelf(store, basis.made_with, position, there.generation)
    known = kept(earlier.facts, earlier.basis, basis, shelf.fresh) if earlier else {}
    taken = shelf.taker(OF_ONE_PULL_REQUEST if known.keys() & set(OF_ONE_PULL_REQUEST) else ())
    figures = figures_of(store, basis.made_with, position, there.head) if position else None
    synced = coverage(walks, of_repositories) if head is None or figures is None else figures.coverage
    return Loaded(build(tables, who, known, taken), synced, who, settings, walks, basis, figures)


def coverage(status: Iterable[record.Walk], of_repositories: Spelling = AS_WRITTEN) -> Frame:
    """What was synced, as the frame that evaluation reads, with repositories as their hosts write them."""
    lines = tuple(replace(line, scope=of_repositories.of(line.scope)) for line in status)
    filling = {(line.source, line.scope) for line in lines if _is_filling(line)}
    usual = no_coverage()
    rows = [
        {name: getattr(line, name) for name in usual.columns}
        | {"complete": line.complete or (None if (line.source, line.scope) in filling else False)}
        for line in lines
    ]
    return pd.DataFrame(rows, columns=usual.columns).astype(usual.dtypes.to_dict())


def _is_filling(line: record.Walk) -> bool:
    """Whether a walk is on its way back; it began with the others of its scope, and only its main table tells."""
    return not line.complete and line.cursor is not None


def kept_identities(store: Store, position: Position | None, generation: int | None = None) -> Frame:
    """Every account: what was kept of them, and whom commits written since name.

    Whom only a commit named that was rewritten since is among them until the end of the sync.
    """
    label = kept_facts.labels(store, generation).get(IDENTITIES)
    stands = label and position and (label.made_with, label.era) == (code(), position.era)
    if not label or not position or not stands or position.changed("accounts", label.position):
        return known_identities(store)
    content = kept_facts.content(store, label, generation)
    if content is None:
        return known_identities(store)
    if not position.changed("commits", label.position):
        return unpacked(content)
    new = identities(no_accounts(), store.load("commits", NAMED, distinct=True, since=label.position))
    return pd.concat([unpacked(content), new]).drop_duplicates(ignore_index=True)


def known_identities(store: Store) -> Frame:
    """Every account that gives an address or a name."""
    commits = store.load("commits", NAMED, distinct=True)
    return identities(store.load("accounts"), commits)
