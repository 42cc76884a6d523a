"""What `python -m connectors status` prints; it starts without what only other commands need."""

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data import record, store_url
from data.redaction import one_line
from data.store import Store

STATUS = ("source", "stream", "scope", "complete", "rows")


def run_status(given: Namespace) -> int:
    """Print how far each stream has come."""
    store = Store.open(store_url.of(given.config))
    lines = [_plain(line) for line in record.status(store)]
    if given.format == "json":
        print(json.dumps({"sources": lines}, indent=1, ensure_ascii=False))
        return 0
    for line in lines:
        reach = "complete" if line["complete"] else f"back to {line['oldest'] or '…'}"
        place = f"{line['source']:10} {line['scope']:32} {line['stream']:22}"
        print(f"{place} {line['rows']:>8} {reach}  {one_line(line['error'] or '')}")
    return 0


def _plain(line: record.StreamStatus) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in STATUS} | asdict(line)  # these first
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}
