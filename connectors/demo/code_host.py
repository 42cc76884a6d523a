"""What the code host would tell of repositories and pull requests: the drawn courses as tables."""

from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.organisation import ADDRESS, NOBODY, Organisation, actor
from connectors.demo.pull_requests import Draw
from connectors.demo.reviews import comments, commits, events, review_comments, reviews
from connectors.demo.rows import times, words
from connectors.demo.working_time import Numbers, Places

Tables = dict[str, pd.DataFrame]
DOING = ("Add", "Fix", "Move", "Simplify", "Extend", "Speed up", "Rename", "Check", "Retry", "Show", "Document", "Split")
THING = (
    "address lookup", "parcel labels", "invoice export", "courier shifts", "delivery windows", "return slips",
    "price rules", "depot calendar", "driver login", "tracking page", "customs form", "refund flow", "event queue",
    "retry policy", "search index", "address cache", "weekly figures", "push messages",
)  # fmt: skip
WHERE = ("for bulk senders", "at the depots", "on slow networks", "in the evening run", "for new customers", "abroad")


def repositories(organisation: Organisation, start: float) -> pd.DataFrame:
    """One row a repository; `scope` is its place."""
    names = organisation.repositories
    frame = pd.DataFrame({"scope": np.arange(len(names)), "id": words([repository_id(p) for p in range(len(names))])})
    frame["name"] = words(names)
    frame["url"] = words([f"{ADDRESS}/{name}" for name in names])
    frame["default_branch"] = "main"
    frame = frame.assign(is_archived=False, is_fork=False, is_private=True)
    frame["created_at"] = times(np.full(len(names), start - 400 * 86400.0))
    return frame


def accounts(organisation: Organisation) -> pd.DataFrame:
    """Every account of the code host and of the issue tracker."""
    people = organisation.people
    host = pd.DataFrame({"id": people["id"], "login": people["login"], "name": people["name"], "kind": people["kind"]})
    tracker = host[people["kind"] == "User"].assign(id=people["jira_id"], login=None, kind="User")
    return pd.concat([host, tracker]).assign(is_active=True)


def repository_id(place: int) -> str:
    """The immutable id of a repository."""
    return str(9_001 + place)


def subjects(draw: Draw, many: int) -> list[str]:
    """Titles of pull requests and issues."""
    doing, thing, where = (draw.chance.integers(len(kind), size=many) for kind in (DOING, THING, WHERE))
    return [f"{DOING[a]} {THING[b]} {WHERE[c]}" for a, b, c in zip(doing, thing, where, strict=True)]


def hashes(draw: Draw, many: int) -> Any:
    """Forty hexadecimal digits each."""
    digits = draw.chance.bytes(20 * many).hex()
    return words([digits[start : start + 40] for start in range(0, 40 * many, 40)])


def pull_request_tables(draw: Draw, pulls: pd.DataFrame) -> Tables:
    """pull_requests and everything nested in them; `pulls` has its titles, branches and mentions already.

    `scope` is the repository's place, `changed` the last moment at which anything happened to the pull request.
    """
    given = reviews(draw, pulls)
    made = commits(draw, pulls)
    inside = {
        "reviews": given,
        "review_comments": review_comments(draw, given),
        "comments": comments(draw, pulls),
        "commits": made,
        "pull_request_events": events(draw, pulls, given),
    }
    pulls["changed"] = _changed(pulls, inside)
    pulls["head"] = ""
    made["hash"] = hashes(draw, len(made))
    heads = made.groupby("pull")["hash"].last().reindex(range(len(pulls)))
    parents = _parents(pulls)
    tables = {"pull_requests": _pull_requests(draw, pulls, parents, words(heads))}
    columns = {
        "reviews": _reviews(pulls, given, heads),
        "review_comments": _review_comments(inside["review_comments"]),
        "comments": actor("author", inside["comments"]["who"].to_numpy()) | _at(inside["comments"], "created_at"),
        "commits": _commits(draw, pulls, made),
        "pull_request_events": _events(draw, inside["pull_request_events"]),
    }
    for serial, (table, own) in enumerate(columns.items(), start=1):
        tables[table] = _child(parents, inside[table]["pull"].to_numpy(), own, serial)
    return tables


def _parents(pulls: pd.DataFrame) -> pd.DataFrame:
    place, number = pulls["repository"].to_numpy(), pulls["number"].to_numpy()
    pairs = list(zip(place.tolist(), number.tolist(), strict=True))
    return pd.DataFrame(
        {
            "scope": place,
            "changed": pulls["changed"].to_numpy(),
            "repository_id": words([repository_id(p) for p, _ in pairs]),
            "pull_request_id": words([str(1_000_000 * (p + 1) + n) for p, n in pairs]),
        }
    )


def _child(parents: pd.DataFrame, pull: Places, own: dict[str, Any], serial: int) -> pd.DataFrame:
    """Rows of a nested table: the parent's columns, an id unless `own` has one, and the table's own columns."""
    ids = {"id": words([f"{serial}{place:07d}" for place in range(len(pull))])}
    return pd.DataFrame({name: column.to_numpy()[pull] for name, column in parents.items()} | ids | own)


def _changed(pulls: pd.DataFrame, inside: Tables) -> Numbers:
    moments = [pulls[["created", "ready", "ready_again", "redrafted", "closed", "reopened"]].max(axis=1)]
    moments += [frame.groupby("pull")["at"].max().reindex(range(len(pulls))) for frame in inside.values()]
    return np.asarray(pd.concat(moments, axis=1).max(axis=1), dtype=float)


def _at(frame: pd.DataFrame, name: str, column: str = "at") -> dict[str, Any]:
    return {name: times(frame[column].to_numpy())}


def _pull_requests(draw: Draw, pulls: pd.DataFrame, parents: pd.DataFrame, heads: Any) -> pd.DataFrame:
    frame = parents.rename(columns={"pull_request_id": "id"})
    names = np.array(draw.organisation.repositories, dtype=object)[pulls["repository"]]
    frame["number"] = pulls["number"].to_numpy()
    frame["url"] = words([f"{ADDRESS}/{n}/pull/{i}" for n, i in zip(names, pulls["number"], strict=True)])
    frame["title"], frame["head_branch"] = words(pulls["title"]), words(pulls["branch"])
    merged, closed = pulls["merged"].notna(), pulls["closed"].notna()
    frame["state"] = words(np.where(merged, "merged", np.where(closed, "closed", "open")))
    removed = np.floor(pulls["size"] * draw.chance.beta(1.2, 3.0, len(pulls))).astype(int)
    frame["additions"], frame["deletions"] = pulls["size"].astype(int) - removed, removed
    frame["changed_files"] = np.ceil(pulls["size"] ** 0.45).astype(int)
    never_ready = pulls["drafted"] & pulls["ready"].isna()
    frame["is_draft"] = never_ready | (pulls["redrafted"].notna() & pulls["ready_again"].isna())
    frame = frame.assign(is_from_fork=False, is_complete=True, base_branch="main", assignees=words([[]] * len(pulls)))
    for name, column in (actor("author", pulls["author"].to_numpy()) | actor("merged_by", _mergers(pulls))).items():
        frame[name] = column
    frame["head_commit"] = heads
    frame["merge_commit"] = words(np.where(merged, pulls["merge_commit"], None))
    frame["review_decision"] = words(_decisions(pulls))
    for name in ("created", "closed", "merged"):
        frame[f"{name}_at"] = times(pulls[name].to_numpy())
    frame["updated_at"] = times(pulls["changed"].to_numpy())
    frame["labels"], frame["mentions"] = words(pulls["labels"]), words(pulls["mentions"])
    frame["linked_issues"] = words([[]] * len(pulls))
    frame["reverts"] = words([None if number != number else int(number) for number in pulls["reverts"]])
    return frame


def _mergers(pulls: pd.DataFrame) -> Places:
    by = np.where(pulls["auto"], pulls["author"], np.where(pulls["rounds"] > 0, pulls["reviewer"], pulls["author"]))
    return np.where(pulls["merged"].isna(), NOBODY, by)


def _decisions(pulls: pd.DataFrame) -> Any:
    approved = pulls["merged"].notna() & (pulls["rounds"] > 0)
    return np.where(approved, "approved", np.where(pulls["rounds"] > 0, "review_required", None))


def _reviews(pulls: pd.DataFrame, given: pd.DataFrame, heads: pd.Series) -> dict[str, Any]:
    urls = words([None] * len(given))
    own = {"state": words(given["state"]), "commit_id": words(heads.to_numpy()[given["pull"]]), "url": urls}
    return actor("reviewer", given["who"].to_numpy()) | own | _at(given, "submitted_at")


def _review_comments(lines: pd.DataFrame) -> dict[str, Any]:
    belongs = words([None if place == NOBODY else f"1{place:07d}" for place in lines["review"]])
    own = {"review_id": belongs, "path": words(lines["path"])}
    return actor("author", lines["who"].to_numpy()) | own | _at(lines, "created_at")


def _commits(draw: Draw, pulls: pd.DataFrame, made: pd.DataFrame) -> dict[str, Any]:
    who = pulls["author"].to_numpy()[made["pull"]]
    people = draw.organisation.people
    own = {
        "id": made["hash"].to_numpy(),
        "author_name": people["name"].to_numpy()[who],
        "author_email": words([f"{login}@meadowlark.example" for login in people["login"].to_numpy()[who]]),
        "headline": words(pulls["title"].to_numpy()[made["pull"]]),
    }
    return actor("author", who) | own | _at(made, "authored_at") | _at(made, "committed_at", "committed")


def _events(draw: Draw, found: pd.DataFrame) -> dict[str, Any]:
    subject = found["subject"].to_numpy()
    logins = np.append(draw.organisation.people["login"].to_numpy(), None)[subject]
    own = {"kind": words(found["kind"]), "subject": logins}
    own["subject_kind"] = words(np.where(subject == NOBODY, None, "User"))
    return actor("actor", found["who"].to_numpy()) | own | _at(found, "at")
