"""The start of a command: what it runs is imported once its arguments are known, so that --help answers at once."""

import gc
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from data.errors import PlumblineError


def run(given: Namespace) -> int:
    """Import what `given.run` names (module:function) and run it: its exit code, and a line for what can be mended."""
    module, _, function = given.run.partition(":")
    try:
        with no_collection():
            command = getattr(import_module(module), function)
        return command(given) or 0
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return error.exit_code


@contextmanager
def no_collection() -> Iterator[None]:
    """Many objects that hold no cycles, as of modules or rows: looking for some takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
