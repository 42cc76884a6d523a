"""What a file that a commit changed is called today: renames followed by ancestry, not by dates."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.model import Frame

PLACE = ["source", "repository_id"]
BITS = 4096  # commits whose descendants are followed at once
NONE = -1
Parents = Sequence[Sequence[int]]
Rows = Sequence[int]


def todays_path(rows: Frame, parents: Mapping[tuple[Hashable, ...], Parents]) -> pd.Series:
    """What each changed file is called today, also over several renames.

    `rows` are in the order of history, with `place` (of the commit in its repository's order); `parents`: repository →
    the places of each commit's parents. A rename holds for every change of its old path by a commit that does not
    contain it, on another branch too, if both know the file from a commit that both contain. A path that is used again
    after its file was renamed is a new file.
    """
    moved = rows["old_path"].notna().to_numpy()
    if not moved.any():
        return rows["path"]
    following: dict[int, int] = {}
    numbers = pd.Series(np.arange(len(rows)), index=rows.index)
    for repository, own in numbers.groupby([rows[name] for name in PLACE]):
        if moved[own].any():
            following |= _following(rows.iloc[own], own.to_numpy(), parents[repository])
    final = _final_names(rows["path"].tolist(), following, np.flatnonzero(moved).tolist())
    named = [final.get(following.get(number, NONE)) for number in range(len(rows))]
    return pd.Series(named, index=rows.index, dtype="str").fillna(rows["path"]).astype("str")


def _final_names(paths: Sequence[str], following: Mapping[int, int], moves: Sequence[int]) -> dict[int, str]:
    """The last name of each move; one that leads back to itself ends there."""
    names: dict[int, str] = {}
    for move in moves:
        way = [move]
        while (after := following.get(way[-1], NONE)) != NONE and after not in way:
            way.append(after)
        names[move] = paths[way[-1]]
    return names


def _following(rows: Frame, numbers: np.ndarray, parents: Parents) -> dict[int, int]:
    """For the changes of one repository, by number: the next rename of its path, or NONE."""
    renamed = _Changes(rows["old_path"], rows["place"], numbers)
    changed = _Changes(rows["path"], rows["place"], numbers, among=renamed.rows)
    is_line = all(tuple(own) == (place - 1,) for place, own in enumerate(parents) if place)
    found: dict[int, int] = {}
    for paths in _parts(changed, renamed):
        touched = {place for path in paths for one in (changed, renamed) for place in one.places[path]}
        known = None if is_line else _Ancestors.of(parents, sorted(touched))
        for path in paths:
            for number, place in zip(changed.rows[path], changed.places[path], strict=True):
                found[number] = _next(path, place, changed, renamed, known)
    return found


class _Changes:
    """Path → the rows that change it and the places of their commits, in the order of history."""

    def __init__(
        self, paths: pd.Series, places: pd.Series, numbers: np.ndarray, among: Mapping[str, Rows] | None = None
    ) -> None:
        wanted = (paths.notna() if among is None else paths.isin(list(among))).to_numpy()
        self.rows: dict[str, list[int]] = {}
        self.places: dict[str, list[int]] = {}
        for path, place, number in zip(paths[wanted], places[wanted], numbers[wanted].tolist(), strict=True):
            self.rows.setdefault(path, []).append(number)
            self.places.setdefault(path, []).append(place)


def _parts(changed: _Changes, renamed: _Changes) -> Iterator[list[str]]:
    """Paths that are renamed and changed, together as many as have room."""
    part: list[str] = []
    many = 0
    for path in changed.rows:
        more = len(changed.rows[path]) + len(renamed.rows[path])
        if part and many + more > BITS:
            yield part
            part, many = [], 0
        part.append(path)
        many += more
    if part:
        yield part


def _next(path: str, place: int, changed: _Changes, renamed: _Changes, known: "_Ancestors | None") -> int:
    """The first rename of a path that a commit does not contain, of a file that both know."""
    places, rows = renamed.places[path], renamed.rows[path]
    if known is None:
        after = bisect_right(places, place)
        return rows[after] if after < len(rows) else NONE
    common = known.bits_of(changed.places[path])
    for at, row in zip(places, rows, strict=True):
        if at != place and not known.contains(place, at) and known.share(place, at, common):
            return row
    return NONE


class _Ancestors(NamedTuple):
    """Which of some commits each of them contains, itself too, as bits; the last bit: of what was never read."""

    bits: Mapping[int, int]
    contained: Mapping[int, int]
    unread: int

    @classmethod
    def of(cls, parents: Parents, touched: Sequence[int]) -> "_Ancestors":
        """Follow some commits, given by their places, to all that contain them."""
        bits = {place: 1 << number for number, place in enumerate(touched)}
        unread = 1 << len(touched)
        held: list[int] = []
        for place, own in enumerate(parents):
            mask = bits.get(place, 0)
            for parent in own:
                mask |= unread if parent == NONE else held[parent]
            held.append(mask)
        return cls(bits, {place: held[place] for place in touched}, unread)

    def bits_of(self, places: Sequence[int]) -> int:
        """The bits of commits, and of what was never read: any file may come from there."""
        mask = self.unread
        for place in places:
            mask |= self.bits[place]
        return mask

    def contains(self, place: int, other: int) -> bool:
        """Whether a commit contains another one."""
        return bool(self.contained[place] & self.bits[other])

    def share(self, place: int, other: int, common: int) -> bool:
        """Whether two commits contain one of these."""
        return bool(self.contained[place] & self.contained[other] & common)
