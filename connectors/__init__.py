"""Connectors pull GitHub, Jira and git into the store: one folder a source, one loop for all."""

import pkgutil
from importlib import import_module

from connectors.base import Connector


def find() -> dict[str, Connector]:
    """Every connector: each folder here that exposes CONNECTOR, by name. Third-party packages load with it."""
    folders = [m.name for m in pkgutil.iter_modules(__path__) if m.ispkg]
    modules = [import_module(f"{__name__}.{folder}") for folder in folders]
    found = [module.CONNECTOR for module in modules if hasattr(module, "CONNECTOR")]
    return {connector.name: connector for connector in found}
