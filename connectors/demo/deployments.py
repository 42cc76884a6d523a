"""Deployments, releases, tags and workflow runs on the default branch: what becomes of merged pull requests."""

from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.organisation import ADDRESS, actor
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, Tables, either, known, times, words
from connectors.demo.working_time import DAY, HOUR, MINUTE, WEEK, Numbers

BY_API = ("billing-api", "checkout-service", "dispatch-engine")
BY_RELEASE = ("ledger", "mobile-app", "design-system")
BY_TAG = ("route-planner", "build-tools")
BY_WORKFLOW = ("data-pipeline",)  # and by nothing at all: storefront, infrastructure, reports
CHECKED = ("billing-api", "checkout-service", "dispatch-engine", "mobile-app", "build-tools", "data-pipeline")
FAILED, HARMFUL = 0.04, 0.06


def merges(draw: Draw, pulls: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Merged pull requests of these repositories, in the order of their merges."""
    places = [place for place, name in enumerate(draw.organisation.repositories) if name.split("/")[1] in names]
    mine = pulls[pulls["repository"].isin(places) & pulls["merged"].notna()]
    columns = ["repository", "merged", "team", "author"]
    return mine[columns].rename_axis("pull").reset_index().sort_values("merged", ignore_index=True)


def deployments(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """Deployments to production: repository, at, finished, failed, harmful, pull, who, staging.

    A failed one is tried again within the hour; a harmful one succeeds, and an incident follows.
    """
    merged = merges(draw, pulls, BY_API)
    chosen = merged[draw.some(0.5, len(merged))].reset_index(drop=True)
    many = len(chosen)
    made = chosen.rename(columns={"author": "who"}).assign(staging=False)
    made["at"] = made["merged"] + draw.about(25, 0.5, many) * MINUTE
    fate = draw.chance.random(many)
    made = made.assign(failed=fate < FAILED, harmful=(fate >= FAILED) & (fate < FAILED + HARMFUL))
    again = made[made["failed"]].assign(failed=False)
    again["at"] += draw.about(35, 0.4, len(again)) * MINUTE
    rehearsed = made[draw.some(0.5, many)].assign(staging=True, failed=False, harmful=False)
    rehearsed["at"] -= 15 * MINUTE
    every = pd.concat([made, again, rehearsed]).sort_values(["at", "staging"], ignore_index=True)
    every["finished"] = every["at"] + draw.about(6, 0.3, len(every)) * MINUTE
    return every[every["at"] <= draw.time.now].reset_index(drop=True)


def deployment_tables(draw: Draw, made: pd.DataFrame, merge_commits: Any) -> Tables:
    """Deployments and deployment_statuses."""
    running = (made["finished"] > draw.time.now).to_numpy()
    ends = np.where(made["failed"], "failure", "success")
    replaced = made[~made["failed"]].duplicated(["repository", "staging"], keep="last")
    latest = ~replaced.reindex(made.index, fill_value=False)
    ended = either(made["failed"], "failure", either(latest, "active", "inactive"))
    parents = _place(made, "at") | {"id": words([str(500_001 + place) for place in range(len(made))])}
    deployed = parents | {
        "environment": words(np.where(made["staging"], "staging", "production")),
        "ref": words(["main"] * len(made)),
        "commit_id": merge_commits[made["pull"]],
        "state": either(running, "in_progress", ended),
        "task": words(["deploy"] * len(made)),
        "url": words([None] * len(made)),
        "created_at": times(made["at"].to_numpy()),
        "updated_at": times(np.where(running, made["at"], made["finished"])),
    }
    steps = [("in_progress", made["at"] + 20, ~(made["at"] > draw.time.now)), (ends, made["finished"], ~running)]
    statuses = [_statuses(parents, turn, state, at, np.asarray(shown)) for turn, (state, at, shown) in enumerate(steps)]
    joined = {name: np.concatenate([part[name] for part in statuses]) for name in statuses[0]}
    return {"deployments": deployed | actor("creator", made["who"].to_numpy()), "deployment_statuses": joined}


def _statuses(parents: Columns, turn: int, state: Any, at: pd.Series, shown: Any) -> Columns:
    columns = {name: column[shown] for name, column in parents.items() if name != "id"}
    columns["deployment_id"] = parents["id"][shown]
    columns["id"] = words([f"{deployment}{turn}" for deployment in columns["deployment_id"]])
    columns["state"] = words(np.broadcast_to(np.asarray(state, dtype=object), len(at))[shown])
    return columns | {"at": times(at.to_numpy()[shown])}


def _place(frame: pd.DataFrame, changed: str) -> Columns:
    place = frame["repository"].to_numpy()
    ids = words([str(9_001 + number) for number in place.tolist()])
    return {"scope": place, "changed": frame[changed].to_numpy(), "repository_id": ids}


def release_tables(draw: Draw, pulls: pd.DataFrame, merge_commits: Any) -> Tables:
    """Releases (every second week, mostly) and tags (of those releases, and by themselves elsewhere)."""
    released = _cut(draw, pulls, BY_RELEASE)
    tagged = pd.concat([released, _cut(draw, pulls, BY_TAG)], ignore_index=True)
    at = times(released["at"].to_numpy())
    urls = [f"{ADDRESS}/{draw.organisation.repositories[p]}/releases/{t}" for p, t in _named(released)]
    releases = _place(released, "at") | {
        "id": words([str(300_001 + place) for place in range(len(released))]),
        "tag": words(released["tag"]),
        "name": words(released["tag"]),
        "url": words(urls),
        "commit_id": merge_commits[released["pull"]],
        "is_draft": np.zeros(len(released), dtype=bool),
        "is_prerelease": draw.some(0.1, len(released)),
        "created_at": at,
        "published_at": at,
    }
    clerk = np.full(len(released), draw.organisation.person("release-clerk"))
    tags = _place(tagged, "at") | {"id": words(tagged["tag"]), "commit_id": merge_commits[tagged["pull"]]}
    return {"releases": releases | actor("author", clerk), "tags": tags | {"at": times(tagged["at"].to_numpy())}}


def _named(frame: pd.DataFrame) -> list[tuple[int, str]]:
    return list(zip(frame["repository"].tolist(), frame["tag"].tolist(), strict=True))


def _cut(draw: Draw, pulls: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The last merge before each Wednesday on which a version is cut: repository, at, tag, pull."""
    merged = merges(draw, pulls, names)
    first = draw.time.start + 2 * DAY + 14 * HOUR
    fortnight = ((merged["merged"] - first) // (2 * WEEK)).astype(int)
    last = merged.assign(turn=fortnight).drop_duplicates(["repository", "turn"], keep="last")
    at = first + (last["turn"] + 1) * 2 * WEEK + draw.chance.integers(7200, size=len(last))
    last = last.assign(at=at, tag=[f"v{1 + turn // 13}.{turn % 13 + 1}.0" for turn in last["turn"]])
    return last[(last["at"] <= draw.time.now) & draw.some(0.93, len(last))].sort_values("at", ignore_index=True)


def workflow_tables(draw: Draw, pulls: pd.DataFrame, merge_commits: Any) -> Tables:
    """workflow_runs: a check of the default branch after each merge, now and then red until it is mended."""
    checks = merges(draw, pulls, CHECKED)
    red = _red(draw, checks)
    duration = draw.about(8.5, 0.35, len(checks)) * MINUTE
    runs = [_runs(draw, checks, "checks", checks["merged"] + 15, duration, red)]
    shipped = merges(draw, pulls, BY_WORKFLOW)
    shipped = shipped[draw.some(0.6, len(shipped))].reset_index(drop=True)
    lasts = draw.about(14, 0.3, len(shipped)) * MINUTE
    runs.append(_runs(draw, shipped, "deploy", shipped["merged"] + 10 * MINUTE, lasts, draw.some(0.07, len(shipped))))
    joined = {name: np.concatenate([part[name] for part in runs]) for name in runs[0]}
    joined["commit_id"] = merge_commits[np.concatenate([checks["pull"], shipped["pull"]])]
    return {"workflow_runs": joined}


def _red(draw: Draw, checks: pd.DataFrame) -> Any:
    """A break turns the default branch red; one to three runs later it is green again."""
    broken = draw.some(0.045, len(checks))
    length = draw.chance.integers(1, 4, size=len(checks))
    red = broken.copy()
    for place in np.unique(checks["repository"]):
        mine = np.flatnonzero(checks["repository"] == place)
        for later in (1, 2):
            red[mine[later:]] |= (broken & (length > later))[mine[:-later]]
    return red


def _runs(draw: Draw, merged: pd.DataFrame, name: str, at: pd.Series, lasts: Numbers, red: Any) -> Columns:
    many, started = len(merged), at.to_numpy() + 12
    ended = started + lasts
    over = ended <= draw.time.now
    first = 1 if name == "checks" else 2
    cancelled = draw.some(0.02, many)
    conclusion = np.where(red, "failure", np.where(cancelled, "cancelled", "success"))
    return _place(merged.assign(at=at), "at") | {
        "id": words([f"{first}{place:06d}" for place in range(many)]),
        "workflow": words([name] * many),
        "path": words([f".github/workflows/{name}.yaml"] * many),
        "name": words([name] * many),
        "event": words(["push"] * many),
        "branch": words(["main"] * many),
        "status": words(np.where(over, "completed", "in_progress")),
        "conclusion": either(over, conclusion, None),
        "url": words([None] * many),
        "attempt": 1 + draw.some(0.04, many).astype(int),
        "created_at": times(at),
        "started_at": times(started),
        "updated_at": times(known(draw.time.now, np.where(over, ended, started))),
    }
