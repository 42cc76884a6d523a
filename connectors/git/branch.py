"""The branch as its order has it: every commit with its parents, and what the branch was at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from data.commit_times import plausible_times


class Listed(NamedTuple):
    """A commit: its hash, the date that it bears in seconds since 1970, and the hashes of its parents."""

    id: str
    at: int
    parents: Sequence[str]


@dataclass(frozen=True)
class Branch:
    """All commits of a branch, parents before children; `now`: when they were listed."""

    commits: Sequence[Listed]
    now: datetime

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Hash → the commit's place in the order."""
        return {commit.id: place for place, commit in enumerate(self.commits)}

    @cached_property
    def parents(self) -> Sequence[Sequence[int]]:
        """The places of each commit's parents."""
        return [[self.places[parent] for parent in commit.parents if parent in self.places] for commit in self.commits]

    @cached_property
    def times(self) -> Sequence[int]:
        """The time of each commit in seconds since 1970, by its order where its date cannot be true."""
        return plausible_times([commit.at for commit in self.commits], self.parents, int(self.now.timestamp()))

    @cached_property
    def line(self) -> Sequence[int]:
        """The places of what the branch pointed to one after the other: first parents, oldest first."""
        line = [len(self.commits) - 1] if self.commits else []
        while line and self.parents[line[-1]]:
            line.append(self.parents[line[-1]][0])
        return line[::-1]

    def since(self, moment: datetime) -> set[str]:
        """The commits that were made since a moment."""
        pairs = zip(self.commits, self.times, strict=True)
        return {commit.id for commit, time in pairs if time >= moment.timestamp()}

    def at(self, moments: Sequence[datetime]) -> list[str | None]:
        """What the branch pointed to before each moment; None before it began."""
        times = [(self.times[place], self.commits[place].id) for place in reversed(self.line)]
        return [next((id_ for time, id_ in times if time < moment.timestamp()), None) for moment in moments]

    def contained(self, commits: Iterable[str | None]) -> Sequence[int]:
        """For each commit of the branch which of these contain it: the n-th one as bit n."""
        bits = [0] * len(self.commits)
        for number, commit in enumerate(commits):
            if commit is not None:
                bits[self.places[commit]] |= 1 << number
        for place in range(len(bits) - 1, -1, -1):
            for parent in self.parents[place]:
                bits[parent] |= bits[place]
        return bits
