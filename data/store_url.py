"""Where the configuration and the store are: without a configuration, nothing that checks one need be imported."""

import os
from pathlib import Path

from data.engine import address_of
from data.errors import ConfigError, StoreError

HERE = Path(__file__).parent
DEFAULT_FILE = HERE / "config.toml"
DEFAULT_STORE = f"sqlite:///{HERE / 'metrics.db'}"


def of(path: str | Path | None = None) -> str:
    """The store of the configuration in a file: `path`, else what `named` says; for who needs nothing else of it.

    Raises ConfigError for whatever is wrong with the configuration.
    """
    if path or named() or DEFAULT_FILE.exists():
        from data import config

        return config.read(path).store_url
    return checked(chosen(), None)


def named() -> str | None:
    """The configuration that the environment names."""
    return os.environ.get("PLUMBLINE_CONFIG")


def chosen(configured: str = "") -> str:
    """PLUMBLINE_STORE, else [store] url, else data/metrics.db."""
    return os.environ.get("PLUMBLINE_STORE") or configured or DEFAULT_STORE


def checked(url: str, file: Path | None) -> str:
    """The URL, if it names a kind of database that there is. Raises ConfigError that says where it was written."""
    where = "PLUMBLINE_STORE" if os.environ.get("PLUMBLINE_STORE") else f"{file}: store.url"
    try:
        address_of(url)
    except StoreError as error:
        raise ConfigError(f"{where}: {error}") from None
    return url
