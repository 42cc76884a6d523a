"""Memory for commands that do several large things one after the other: what one is done with, the next can have."""

import ctypes
import gc
import sys

import pyarrow as pa


def spare() -> None:
    """Take memory for columns from the system, which takes it back; for commands that end soon, before anything else.

    The usual pool keeps what was freed, for speed: a third of what a report takes.
    """
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Give back what is no longer held."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU library; others give it back by themselves
        if trim is not None:
            trim(0)
