"""The code behind the pull requests: a git repository for the main service of each team, written as its people would.

A merged pull request is one commit on main, at the time of its merge, with as many changed lines as the pull request.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.code_base import AREAS, FILES, HOT, Changed, Code, Merged
from connectors.demo.git_writer import Writer
from connectors.demo.organisation import Organisation
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns

SEED = 20_260_102
MOST = 4  # source files of one pull request
TEAMS = ("payments", "dispatch")


@dataclass(frozen=True)
class Written:
    """What became of the pull requests whose code is there: their places, their commits, what these changed."""

    places: list[int] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


def with_code(organisation: Organisation) -> list[int]:
    """The places of the repositories whose code is there: the first of these teams."""
    return [int(np.argmax(organisation.owners == organisation.teams.index(team))) for team in TEAMS]


def folder_of(folder: Path, repository: int) -> Path:
    """Where the code of a repository is."""
    return folder / str(repository)


def write_all(folder: Path, draw: Draw, pulls: pd.DataFrame, text: Columns) -> Written:
    """Write every repository of code. Raises GitError."""
    told = Written()
    merged = pulls[pulls["merged"].notna()].sort_values("merged", kind="stable")
    touched = _touched(np.random.default_rng(SEED), merged)
    for repository in with_code(draw.organisation):
        mine = (merged["repository"] == repository).to_numpy()
        with Writer(folder_of(folder, repository)) as writer:
            code = Code(writer, draw, int(draw.organisation.owners[repository]))
            told.changed.extend([code.merge(one) for one in _merged(merged[mine], touched[mine], text)])
            code.until(draw.time.now)
            hashes = writer.hashes()
        told.places.extend(merged.index[mine].tolist())
        told.commits.extend(hashes[mark - 1] for mark in code.marks.values())
    return told


def _touched(chance: np.random.Generator, merged: pd.DataFrame) -> Any:
    """Which source files each pull request changed: pull requests x MOST, -1 for none; the hot ones take longer."""
    many = np.clip(np.floor(merged["size"].to_numpy() ** 0.2), 1, MOST).astype(int)
    took = (merged["merged"] - merged["created"]).groupby(merged["team"]).rank(pct=True).to_numpy()
    liking = np.tile(-0.55 * np.log1p(np.arange(FILES)), (len(merged), 1))
    liking[:, :HOT] += np.where(took > 0.55, 0.9, -0.4)[:, None]
    # people keep to their part of the code, so that knowledge is not spread evenly
    home = (merged["author"].to_numpy()[:, None] * 7 + np.arange(FILES)) % len(AREAS) == 0
    order = np.argsort(-(liking + 1.6 * home + chance.gumbel(size=liking.shape)), axis=1)[:, :MOST]
    return np.where(np.arange(MOST) < many[:, None], order, -1)


def _merged(merged: pd.DataFrame, touched: Any, text: Columns) -> Iterator[Merged]:
    names = ("number", "merged", "author", "size", "reverts")
    columns = [merged[name].tolist() for name in names]
    titles = text["title"][merged.index.to_numpy()].tolist()
    for number, at, author, size, reverts, title, files in zip(*columns, titles, touched.tolist(), strict=True):
        chosen = tuple(file for file in files if file >= 0)
        yield Merged(number, int(at), author, title, int(size), chosen, None if reverts != reverts else int(reverts))


def told_in(pulls: Columns, written: Written) -> None:
    """Say of pull requests what their commits say: as many lines and files as these changed."""
    for column, name in enumerate(("additions", "deletions", "changed_files")):
        pulls[name][written.places] = [changed[column] for changed in written.changed]
