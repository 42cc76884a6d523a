"""The demonstration organisation: what says that a store holds it, and the configuration that belongs to it."""

from pathlib import Path

from data import config
from data.config import Config
from data.store import Store

NOTICE = "demo"
CONFIGURATION = Path(__file__).parent.parent / "connectors" / "demo" / "configuration.toml"


def is_in(store: Store) -> bool:
    """Whether a store holds it."""
    return store.notice(NOTICE) is not None


def settings_for(store: Store, settings: Config) -> Config:
    """The configuration of the demonstration where the store holds it and there is none of one's own."""
    return config.read(CONFIGURATION) if settings.file is None and is_in(store) else settings
