"""The digest: what began or ended since the last one, a signal or an epic that fell under 50 %; silent otherwise."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from data.store import Store
from metrics.open_epic_rows import CONCERN
from metrics.open_epics import open_epics
from metrics.standing import DECIDING
from reports import words
from reports.reading import Reading
from reports.said import rule_in_words
from reports.sending import Message

NOTICE = "digest"
Happening = Mapping[str, Any]
State = Mapping[str, Happening]


@dataclass(frozen=True)
class News:
    """What is the case now, and what changed since the last digest."""

    state: State
    events: tuple[Happening, ...]


def news(reading: Reading, before: State) -> News:
    """What began and what ended since `before`, by core indicators over the whole organisation and by epics."""
    state = {f"{one['kind']} {one['of']}": one for one in (*_signals(reading), *_epics(reading))}
    began = [one | {"event": f"{one['kind']}_began"} for name, one in state.items() if name not in before]
    ended = [
        dict(one) | {"event": f"{one['kind']}_ended"}
        for name, one in before.items()
        if name not in state and one["kind"] == "signal"
    ]
    return News(state, (*began, *ended))


def _signals(reading: Reading) -> Iterator[dict[str, Any]]:
    for one in DECIDING:
        whole = [point for point in reading.weekly(one.id).series if not point.partial]
        if whole and whole[-1].signal:
            said, _ = rule_in_words(one, whole[-1])
            text = f"{one.name}: {words.measure(whole[-1].value, one.unit.value)}, {said}"
            yield {"kind": "signal", "of": one.id, "text": text, "value": whole[-1].value, "unit": one.unit.value}


def _epics(reading: Reading) -> Iterator[dict[str, Any]]:
    rows = open_epics(reading.plans)
    rows = rows[rows["probability"] < CONCERN]
    for key, title, share, due in rows[["key", "title", "probability", "due_on"]].itertuples(index=False):
        text = f"{key} {reading.text(title)}: {words.measure(share, '%')} likely by {due:%Y-%m-%d}"
        yield {"kind": "epic_below_50", "of": str(key), "text": text, "value": float(share), "unit": "%"}


def message_of(found: News, reading: Reading) -> Message:
    """The digest as a message."""
    organisation = reading.loaded.settings.report.organisation or "Engineering"
    lines = tuple(f"{_word(str(one['event']))} {one['text']}" for one in found.events)
    facts = {"kind": "digest", "as_of": reading.period.now.isoformat(), "events": [dict(one) for one in found.events]}
    return Message(f"{organisation}: {len(found.events)} new", lines, facts, format_datetime(reading.period.now))


def _word(event: str) -> str:
    return "No longer:" if event.endswith("_ended") else "New:"


def remembered(store: Store) -> State:
    """What was the case when the last digest was sent."""
    kept: State = json.loads(store.notice(NOTICE) or "{}")
    return kept


def remember(store: Store, found: News) -> None:
    """Keep what is the case now for the next digest."""
    with store.writing() as connection:
        store.set_notice(connection, NOTICE, json.dumps(found.state, sort_keys=True))
