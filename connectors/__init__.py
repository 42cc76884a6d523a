"""Connectors pull GitHub, Jira and git into the store: one folder a source, one loop for all."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.base import Connector


def kinds() -> list[str]:
    """The kinds of source that there are: the name of each folder here, and of its section in the configuration."""
    return [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]


def find(wanted: Iterable[str] | None = None) -> "dict[str, Connector]":
    """The connectors of these kinds (default: all), by name. Only they, and what they need of others, are imported."""
    modules = [import_module(f"{__name__}.{kind}") for kind in (kinds() if wanted is None else wanted)]
    found = [module.CONNECTOR for module in modules if hasattr(module, "CONNECTOR")]
    return {connector.name: connector for connector in found}
