"""What a configuration says that cannot be, although each of its values is of the right kind."""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from data.settings import Team

INDICATORS = Path(__file__).parent / "indicators.json"  # by id, whether it decides how an objective stands
NO_SUCH = "there is no such indicator"


@cache
def indicators() -> Mapping[str, bool]:
    """The ids of all indicators, and whether each decides how an objective stands."""
    found: Mapping[str, bool] = json.loads(INDICATORS.read_text())
    return found


def names(targets: Iterable[str], gates: Iterable[str]) -> Iterator[str]:
    """Targets of indicators that do not exist, and gates of those that decide nothing."""
    known = indicators()
    deciding = [name for name, decides in known.items() if decides]
    for table, given, possible in (("targets", targets, list(known)), ("gates", gates, deciding)):
        for name in given:
            if name not in possible:
                wrong = "it never decides how an objective stands" if name in known else NO_SUCH
                yield f"{table}.{name}: {wrong}; {nearest(name, possible)}"


def nearest(name: str, possible: list[str]) -> str:
    """The name that may have been meant, else where all of them are listed."""
    near = get_close_matches(name, possible, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "`python -m metrics list` names them all"


def teams(configured: Mapping[str, Team]) -> Iterator[str]:
    """Teams of one name, whatever its letter case; a team that has none is called by its key."""
    seen: dict[str, str] = {}
    for key, team in configured.items():
        for name in dict.fromkeys((key.casefold(), " ".join((team.name or key).split()).casefold())):
            if seen.setdefault(name, key) != key:
                yield f"teams.{key}: {team.name or key!r} is also the name of teams.{seen[name]}; give each its own"
