"""Progress on the terminal: a line a walk, with what it costs, how far it has come, and what it waits for."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.redaction import one_line

if TYPE_CHECKING:
    from connectors.sync import Progress


class Terminal:
    """Shows each walk of a sync on stderr; silent when asked to be, one line an event where there is no terminal."""

    def __init__(self, quiet: bool) -> None:
        self.live = None if quiet or not sys.stderr.isatty() else _Live()
        self.plain = not quiet and self.live is None

    def __enter__(self) -> "Terminal":
        if self.live:
            self.live.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.progress.stop()

    def tell(self, progress: "Progress") -> None:
        """Show where a walk stands."""
        if self.live:
            self.live.show(progress)
        elif self.plain and (progress.finished or progress.waiting_until):
            print(
                one_line(f"{progress.source} {progress.scope} {progress.stream}: {in_words(progress)}"), file=sys.stderr
            )


class _Live:
    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self.progress = Bars(
            TextColumn("{task.fields[what]}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[words]}", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self.tasks: dict[tuple[str, str, str], TaskID] = {}

    def show(self, progress: "Progress") -> None:
        key = (progress.source, progress.scope, progress.stream)
        if key not in self.tasks:
            self.tasks[key] = self.progress.add_task("", what=one_line(f"{progress.scope} {progress.stream}"), words="")
        values: dict[str, Any] = {"completed": progress.rows, "total": progress.expected, "words": in_words(progress)}
        if progress.finished:
            values["total"] = values["completed"] = max(progress.rows, 1)
        self.progress.update(self.tasks[key], **values)


def in_words(progress: "Progress") -> str:
    """What a walk has done, waits for or failed at, in one line."""
    if progress.error:
        return one_line(progress.error)
    if progress.waiting_until:
        return f"waiting for {progress.reason} until {_clock(progress.waiting_until)}"
    left = f", {progress.points_left} points left" if progress.points_left is not None else ""
    cost = f", {progress.requests} requests, {progress.points} points{left}" if progress.requests else ""
    reach = f" back to {progress.oldest:%Y-%m-%d}" if progress.oldest and not progress.finished else ""
    rows = min(progress.rows, progress.expected or progress.rows)  # one that was completed later is read twice
    return f"{rows} rows{reach}{cost}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"
