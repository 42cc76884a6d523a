"""When commits were made, where their dates cannot be true: by their order, since the order of a history is certain."""

from bisect import bisect_right
from collections.abc import Sequence

NEVER_SET = 365 * 86_400  # a date of 1970 comes from a clock that nobody set


def plausible_times(times: Sequence[int], parents: Sequence[Sequence[int]], now: int) -> list[int]:
    """The time of each commit, in seconds since 1970: its date if that can be true, else the latest that it can have.

    `times` are the dates, parents before children; `parents` the places of each commit's parents, the first one first.
    Along each line of first parents those dates are true that never fall and are the most of that kind (of equally many
    the later ones). None lies before the commit that the line branched off, after the one that merged it, after `now`,
    or in 1970. A commit whose date is not true has the time of the next one of its line, at its end of the merge.
    """
    found = [-1] * len(times)
    latest = [now] * len(times)
    for place in range(len(times) - 1, -1, -1):
        if found[place] < 0:
            line, branched_off = _line(place, parents, found)
            earliest = max(NEVER_SET, found[branched_off] if branched_off >= 0 else 0)
            known = never_falling([times[one] for one in line], earliest, max(earliest, latest[place]))
            for one, time in zip(line, known, strict=True):
                found[one] = time
        for parent in parents[place]:
            latest[parent] = min(latest[parent], found[place])
    return found


def _line(tip: int, parents: Sequence[Sequence[int]], found: Sequence[int]) -> tuple[list[int], int]:
    """The commits from `tip` along first parents to one whose time is found, oldest first; and that one, or -1."""
    line = [tip]
    while parents[line[-1]]:
        parent = parents[line[-1]][0]
        if found[parent] >= 0:
            return line[::-1], parent
        line.append(parent)
    return line[::-1], -1


def never_falling(times: Sequence[int], earliest: int, latest: int) -> list[int]:
    """The times of a line, oldest first, without those outside of bounds and those that fall: each has the next one's.

    As few as possible are replaced; of several ways the one whose remaining times are later.
    """
    last: list[int] = []  # the smallest negative time with which a chain of each length begins, newest first
    places: list[int] = []
    following = [-1] * len(times)
    for place in range(len(times) - 1, -1, -1):
        if earliest <= times[place] <= latest:
            length = bisect_right(last, -times[place])
            following[place] = places[length - 1] if length else -1
            last[length : length + 1] = [-times[place]]
            places[length : length + 1] = [place]
    believed = places[-1] if places else -1
    known: list[int] = []
    for place in range(len(times)):
        known.append(times[believed] if believed >= 0 else latest)
        if place == believed:
            believed = following[believed]
    return known
