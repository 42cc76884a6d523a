"""How the tests are shared out to workers: those that use the same expensive things stay together, the rest spreads."""

from collections import defaultdict
from pathlib import Path

import pytest

FIRST = ("sandbox", "browser", "postgres")  # what waits for servers begins first, while others use the processor
Names = frozenset[str]


def share_out(items: list[pytest.Item]) -> None:
    """Order the tests, and put those of a file that share its fixtures into one group.

    A group is one worker's from its first test to its last, so that a fixture of a file is made once; tests whose
    fixtures are among those of others join them. Those that share nothing are a group of their own.
    """
    asked: defaultdict[Path, set[Names]] = defaultdict(set)
    for item in items:
        asked[item.path].add(shared_by(item))
    groups = {id(item): f"{item.path.stem}:{'+'.join(sorted(home(item, asked[item.path])))}" for item in items}
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[id(item)]))
    places = _places(items, groups)
    items.sort(key=lambda item: places[groups[id(item)]])


def shared_by(item: pytest.Item) -> Names:
    """Fixtures that are made once for a file, among those that a test asks for."""
    known = getattr(item, "_fixtureinfo", None)
    made = known.name2fixturedefs if known else {}
    return frozenset(name for name, found in made.items() if found[-1].scope == "module")


def home(item: pytest.Item, asked: set[Names]) -> Names:
    """The fixtures of the group that a test joins: its own, or the most of another test's that has all of them."""
    own = shared_by(item)
    return (
        max((names for names in asked if names >= own), key=lambda names: (len(names), sorted(names))) if own else own
    )


def _places(items: list[pytest.Item], groups: dict[int, str]) -> dict[str, tuple[int, int, str]]:
    """Where each group stands: by what it waits for, then those with more tests first."""
    ranks: dict[str, int] = {}
    sizes: defaultdict[str, int] = defaultdict(int)
    for item in items:
        group = groups[id(item)]
        kinds = [place for place, kind in enumerate(FIRST) if item.get_closest_marker(kind)]
        ranks[group] = min([ranks.get(group, len(FIRST)), *kinds])
        sizes[group] += 1
    return {group: (rank, -sizes[group], group) for group, rank in ranks.items()}
