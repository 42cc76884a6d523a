"""The one list of indicators: what every module of this package declares, in the order in which it is shown."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from metrics.model import Family, Indicator

# Only modules that declare indicators are imported: the others would make each command wait for what it does not need.
DECLARES = re.compile(r"^INDICATORS\b", re.MULTILINE)
FAMILIES = list(Family)


def declared() -> Iterator[Indicator]:
    """The indicators of every module beside this one that has INDICATORS, by the name of the module."""
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.name != Path(__file__).name and DECLARES.search(file.read_text(encoding="utf-8")):
            yield from import_module(f"{__package__}.{file.stem}").INDICATORS


CATALOGUE: tuple[Indicator, ...] = tuple(
    sorted(declared(), key=lambda one: (FAMILIES.index(one.family), not one.core, one.explains))
)
INDICATORS = {indicator.id: indicator for indicator in CATALOGUE}

if len(INDICATORS) != len(CATALOGUE):
    raise ValueError("an indicator's id is used twice")
