"""What a sync does as lines for machines and for a watch: one event a line, with a level and named facts."""

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from connectors.progress import in_words
from data.redaction import one_line

if TYPE_CHECKING:
    from connectors.sync import Progress

NAMES = ("source", "scope", "stream", "rows", "expected", "requests", "points", "points_left")
TIMES = ("oldest", "waiting_until")


class Log:
    """Tells every event of a sync to stderr, as text or as JSON."""

    def __init__(self, form: str, level: str) -> None:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(
            _Json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)-7s %(message)s")
        )
        self.logger = logging.Logger("plumbline.sync", level.upper())
        self.logger.addHandler(handler)

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        logging.shutdown()

    def tell(self, progress: "Progress") -> None:
        """Log where a walk stands: pages at debug, ends at info, waits at warning, failures at error."""
        words = f"{progress.source} {progress.scope} {progress.stream}: {in_words(progress)}"
        self.logger.log(_level(progress), "%s", one_line(words), extra={"facts": _facts(progress)})


def _level(progress: "Progress") -> int:
    if progress.finished:
        return logging.ERROR if progress.error else logging.INFO
    return logging.WARNING if progress.waiting_until or progress.error else logging.DEBUG


def _facts(progress: "Progress") -> dict[str, Any]:
    facts = {name: getattr(progress, name) for name in NAMES}
    facts |= {name: moment.isoformat() for name in TIMES if (moment := getattr(progress, name))}
    return {name: value for name, value in facts.items() if value is not None}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One event as one line of JSON, in ASCII."""
        said = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname.lower()}
        return json.dumps(said | {"message": record.getMessage(), **getattr(record, "facts", {})})
