"""Readers without a browser, and a sync that writes meanwhile: what the benchmark and the test of many readers share.

A reader does what a browser does: stays connected while they think, and looks as often as the page asks whether there
is anything new.
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "builders"))

from app_server import PATIENCE
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from data import record
from data.store import Row, Store

SERVED = ForwardMsg.FINISHED_SUCCESSFULLY


@dataclass(frozen=True)
class Place:
    """What somebody opens: a page by its path, with the words of its address."""

    page: str
    query: str = ""


@dataclass(frozen=True)
class Opened:
    """A page that somebody opened, the seconds until its script had ended, and what went wrong."""

    place: Place
    seconds: float
    wrong: str = ""


class Window:
    """A connection to a dashboard."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.page: str | None = None
        self.watches: dict[str, tuple[float, float]] = {}  # parts that draw themselves: how often, and when next

    async def open(self, place: Place) -> list[Any]:
        """What the server sends until the page is there."""
        self.page, self.watches = None, {}
        await self._ask(page_name=place.page, query_string=place.query)
        answers = [await self._hear()]
        while self.page != place.page or not _is_served(answers[-1]):
            answers.append(await self._hear())
        return answers

    async def rest(self, seconds: float) -> None:
        """Look at it for a while; parts of it are drawn again when they are due, or the whole of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            due = min([end, *(due for _, due in self.watches.values())])
            try:
                async with asyncio.timeout(max(0, due - time.monotonic())):
                    await self._hear()
            except TimeoutError:
                await self._look_again()

    async def _look_again(self) -> None:
        now = time.monotonic()
        for part, (often, due) in self.watches.items():
            if due <= now:
                self.watches[part] = often, now + often
                await self._ask(fragment_id=part, is_auto_rerun=True)

    async def _ask(self, **wanted: Any) -> None:
        message = BackMsg()
        for name, value in wanted.items():
            setattr(message.rerun_script, name, value)
        await self.socket.send(message.SerializeToString())

    async def _hear(self) -> Any:
        async with asyncio.timeout(PATIENCE / 1000):
            answer: Any = ForwardMsg.FromString(bytes(await self.socket.recv()))
        kind = answer.WhichOneof("type")
        if kind == "navigation":
            paths = {page.page_script_hash: page.url_pathname for page in answer.navigation.app_pages}
            self.page, self.watches = paths[answer.navigation.page_script_hash], {}  # all of it is drawn again
        elif kind == "auto_rerun":
            often = answer.auto_rerun.interval
            self.watches[answer.auto_rerun.fragment_id] = often, time.monotonic() + often
        return answer


def _is_served(answer: Any) -> bool:
    return answer.WhichOneof("type") == "script_finished" and answer.script_finished == SERVED


def faults(answers: Iterable[Any]) -> str:
    """What went wrong in a page, in the words in which it was shown."""
    elements = (one.delta.new_element for one in answers if one.WhichOneof("type") == "delta")
    return " ".join(one.exception.message for one in elements if one.WhichOneof("type") == "exception")


def crowd(
    readers: Sequence[tuple[str, Iterable[Place]]], pause: float, seconds: float = 3600, arrival: float = 0
) -> list[Opened]:
    """Readers (a server's address and the places opened in turn) who all read at once, until their time is up.

    `pause`: the seconds of thought between two pages, half to one and a half times as many; `arrival`: those over which
    they arrive, evenly; all in the same moment without.
    """

    async def everybody() -> list[Opened]:
        end = time.monotonic() + seconds
        apart = arrival / max(len(readers), 1)
        turns = (_reads(*reader, pause, end, place, place * apart) for place, reader in enumerate(readers))
        return [opened for some in await asyncio.gather(*turns) for opened in some]

    return asyncio.run(everybody())


async def _reads(url: str, places: Iterable[Place], pause: float, end: float, seed: int, after: float) -> list[Opened]:
    await asyncio.sleep(after)
    thought, opened, began = random.Random(seed), list[Opened](), time.monotonic()
    stream = f"{url.replace('http', 'ws')}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE / 1000) as socket:  # type: ignore[list-item]
        window = Window(socket)
        for place in places:
            try:
                wrong = faults(await window.open(place))
            except TimeoutError:
                wrong = f"no answer for {PATIENCE / 1000:.0f} s"
            opened.append(Opened(place, time.monotonic() - began, wrong))
            await window.rest(min(pause * thought.uniform(0.5, 1.5), max(0, end - time.monotonic())))
            if (began := time.monotonic()) >= end:
                break
    return opened


def sync(
    store: Store, now: datetime, pages: Iterator[Mapping[str, Sequence[Row]]], stop: Event, pause: float = 0.05
) -> int:
    """A sync that stores pages of rows by table until it is told to stop, or there are no more; how many it stored."""
    run, stored = record.start_run(store, now), 0
    while not stop.is_set() and (page := next(pages, None)) is not None:
        with store.writing() as connection:
            for table, rows in page.items():
                store.upsert(connection, table, rows)
            record.rows_arrived(connection, run)
        stored += 1
        stop.wait(pause)
    record.finish_run(store, run, now, "complete")
    return stored
