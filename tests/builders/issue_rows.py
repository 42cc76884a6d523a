"""Hand-made issues with their histories, and what formulas say of them."""

from typing import Any

import pandas as pd
from rows import NOW, at, built, pull, row

from metrics.catalogue import INDICATORS
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate, observations
from metrics.model import Facts, Frame, Result, Scope
from metrics.organisation import Organisation

STATUSES = {
    "To Do": ("1", "new"),
    "In Progress": ("2", "active"),
    "In Review": ("3", "active"),
    "Done": ("4", "done"),
    "Blocked": ("5", "active"),
    "Ready": ("6", "active"),
    "Closed": ("7", "done"),
}
STAGES = {
    "default": {
        "ready": "queue",
        "in progress": "active",
        "in review": "review",
        "blocked": "blocked",
        "done": "done",
        "closed": "done",
    }
}
Tables = dict[str, list[dict[str, Any]]]
JANUARY = Scope(at("2026-01-05 00:00"), at("2026-02-02 00:00"), NOW)  # W02 to W05


def day(text: str) -> pd.Timestamp:
    """A moment in January 2026 from "06 10:30" or "06"."""
    return pd.Timestamp(at(f"2026-01-{text}" if " " in text else f"2026-01-{text} 00:00"))


def issue(key: str, created: str, *moves: tuple[str, str], **values: Any) -> Tables:
    """A story of Ana's, made in To Do on a day of January 2026 and moved through the statuses named with their days.

    `first` is the status it was made in; `field` changes are given as changes=[change(…)].
    """
    number = key.rpartition("-")[2]
    first, others = values.pop("first", "To Do"), values.pop("changes", [])
    steps = [first, *(status for status, _ in moves)]
    ids = [STATUSES.get(status, (status, None))[0] for status in steps]
    made = [
        change("status", when, (ids[turn], ids[turn + 1]), (steps[turn], steps[turn + 1]))
        for turn, (_, when) in enumerate(moves)
    ]
    usual = {
        "source": "jira",
        "project": key.rpartition("-")[0],
        "key": key,
        "id": number,
        "url": f"https://example.invalid/browse/{key}",
        "type": "Story",
        "is_subtask": False,
        "status": steps[-1],
        "status_id": ids[-1],
        "created_at": day(created),
        "updated_at": day(created),
        "assignee": "Ana",
        "assignee_id": "a-1",
        "labels": [],
        "components": [],
        "sprints": [],
    }
    changes = [
        row("issue_changes", **(one | {"source": "jira", "issue_id": number, "id": f"{n}.0", "position": n}))
        for n, one in enumerate(sorted([*made, *others], key=lambda one: one["at"]))
    ]
    return {"issues": [row("issues", **(usual | values))], "issue_changes": changes}


def change(
    field: str, when: str, ids: tuple[Any, Any] = (None, None), words: tuple[Any, Any] = (None, None), who: str = "Ana"
) -> dict[str, Any]:
    """A change of a field on a day of January 2026, from and to."""
    return {
        "field": field,
        "from_id": ids[0],
        "to_id": ids[1],
        "from_text": words[0],
        "to_text": words[1],
        "at": day(when),
        "actor": who,
    }


def sprint(number: str, start: str, end: str | None, **values: Any) -> dict[str, Any]:
    """A sprint from a day of January 2026 to another; running without an end."""
    state = "closed" if end else "active"
    ends = {"complete_at": day(end) if end else None, "end_at": day(end) if end else None}
    usual = {"source": "jira", "id": number, "name": f"Sprint {number}", "state": state, "board_id": "b"}
    return row("sprints", **(usual | {"start_at": day(start)} | ends | values))


def together(*made: Tables, **tables: list[dict[str, Any]]) -> Tables:
    """Tables of several issues, with the usual statuses."""
    listed = [
        row("statuses", source="jira", id=number, name=name, category=category)
        for name, (number, category) in STATUSES.items()
    ]
    joined: Tables = {"statuses": listed, "issues": [], "issue_changes": []} | tables
    for one in made:
        for name, rows in one.items():
            joined[name] = joined.get(name, []) + rows
    return joined


def code(*numbers_and_mentions: tuple[int, list[str] | None]) -> Tables:
    """Merged pull requests by number, each with the issues that it names; PAY is a known project."""
    return {
        "pull_requests": [
            pull(number, "2026-01-05 08:00", merged_at="2026-01-06 08:00", mentions=mentions)
            for number, mentions in numbers_and_mentions
        ],
        "repositories": [row("repositories", id="1", name="acme/app")],
        "projects": [row("projects", source="jira", id="1", key="PAY", name="Pay")],
    }


def facts_of(tables: Tables, organisation: Organisation | None = None, *names: str) -> Facts:
    """The facts of hand-made tables; `names` say which of them a test looks at, others are there when asked for."""
    return built(tables, organisation)


def issues_of(*made: Tables, organisation: Organisation | None = None, **tables: Any) -> pd.DataFrame:
    """The facts of issues by key."""
    return facts_of(together(*made, **tables), organisation)["issues"].set_index("key")


def observed(indicator: str, *made: Tables, organisation: Organisation | None = None, **tables: Any) -> pd.DataFrame:
    """The observations of an indicator, in the order of time and key."""
    one = INDICATORS[indicator]
    frame = observations(one, facts_of(together(*made, **tables), organisation, *one.facts))
    return frame.sort_values(["at", "key"], kind="stable")


def values_of(frame: pd.DataFrame) -> dict[str, float]:
    """The value of each row that counts, by key."""
    counted = frame[frame["excluded"].isna()]
    return dict(zip(counted["key"], counted["value"].round(6), strict=True))


def reasons_of(frame: pd.DataFrame) -> dict[str, str]:
    """The reason of each row that is left out, by key."""
    out = frame[frame["excluded"].notna()]
    return dict(zip(out["key"], out["excluded"], strict=True))


def synced(*streams: str) -> Frame:
    """Coverage of some streams, complete until now."""
    rows = [{"stream": one, "scope": "PAY", "complete": True, "oldest": None, "synced_at": NOW} for one in streams]
    return pd.DataFrame(rows, columns=no_coverage().columns).astype(no_coverage().dtypes.to_dict())


def result(
    indicator: str, *made: Tables, scope: Scope = JANUARY, streams: tuple[str, ...] = ("issues",), **tables: Any
) -> Result:
    """An indicator over January 2026."""
    return evaluate(INDICATORS[indicator], observed(indicator, *made, **tables), scope, synced(*streams))
