"""What the app does before its first visitor: load its modules, and the demonstration when there is nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from data import clock, config
from data.errors import PlumblineError
from pages.ui import cards, charts, demonstration, door, results

READY = (cards, charts)  # imported here, so that nobody waits for them


@asynccontextmanager
async def before_visitors(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start what takes time; what is wrong with the store or the configuration is said on the pages."""
    try:
        door.refuse_to_start()
        own = config.read()
        store = results.open_store(own.store_url)
        demonstration.load_if_nothing_else(own.store_url, store, own, clock.now())
    except PlumblineError:
        yield {"ready": False}
    else:
        yield {"ready": True}
