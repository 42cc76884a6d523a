"""What the code host would tell of repositories and pull requests: the drawn courses as tables."""

from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.organisation import ADDRESS, NOBODY, Organisation, actor
from connectors.demo.pull_requests import Draw
from connectors.demo.reviews import FILES, KINDS, STATES, comments, commits, events, review_comments, reviews
from connectors.demo.rows import Columns, Tables, either, times, words
from connectors.demo.working_time import DAY, Numbers, Places

DOING = ("Add", "Fix", "Move", "Simplify", "Extend", "Speed up", "Rename", "Check", "Retry", "Show", "Split")
THING = (
    "address lookup", "parcel labels", "invoice export", "courier shifts", "delivery windows", "return slips",
    "price rules", "depot calendar", "driver login", "tracking page", "customs form", "refund flow", "event queue",
    "retry policy", "search index", "address cache", "weekly figures", "push messages",
)  # fmt: skip
WHERE = ("for bulk senders", "at the depots", "on slow networks", "in the evening run", "for new customers", "abroad")


def repositories(organisation: Organisation, start: float) -> Columns:
    """One row a repository; `scope` is its place."""
    names, many = organisation.repositories, len(organisation.repositories)
    return {
        "scope": np.arange(many),
        "id": words(repository_id(place) for place in range(many)),
        "name": words(names),
        "url": words(f"{ADDRESS}/{name}" for name in names),
        "default_branch": words(["main"] * many),
        "is_archived": np.zeros(many, dtype=bool),
        "is_fork": np.zeros(many, dtype=bool),
        "is_private": np.ones(many, dtype=bool),
        "created_at": times(np.full(many, start - 400 * DAY)),
    }


def accounts(organisation: Organisation) -> Columns:
    """Every account of the code host and of the issue tracker."""
    people = organisation.people
    tracked = people[people["kind"] == "User"]
    return {
        "id": words([*people["id"], *tracked["jira_id"]]),
        "login": words([*people["login"], *[None] * len(tracked)]),
        "name": words([*people["name"], *tracked["name"]]),
        "kind": words([*people["kind"], *tracked["kind"]]),
        "is_active": np.ones(len(people) + len(tracked), dtype=bool),
    }


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


def pull_request_tables(draw: Draw, pulls: pd.DataFrame, text: Columns) -> Tables:
    """pull_requests and everything nested in them; `text` is what they say, see pull_request_text.

    `scope` is the repository's place, `changed` the last moment at which anything happened to the pull request.
    """
    given, made = reviews(draw, pulls), commits(draw, pulls)
    lines, talk, found = review_comments(draw, given), comments(draw, pulls), events(draw, pulls, given)
    commit_ids = hashes(draw, len(made))
    heads = words([None] * len(pulls))
    heads[made["pull"].to_numpy()] = commit_ids  # the last of each stays
    parents = _parents(pulls, _changed(pulls, [given, made, lines, talk, found]))
    nested = {
        "reviews": (given, _reviews(given, heads)),
        "review_comments": (lines, _review_comments(lines)),
        "comments": (talk, actor("author", talk["who"].to_numpy()) | _at(talk, "created_at")),
        "commits": (made, {"id": commit_ids} | _commits(draw, pulls, made, text)),
        "pull_request_events": (found, _events(draw, found)),
    }
    tables = {"pull_requests": _pull_requests(draw, pulls, parents, heads, text)}
    for serial, (table, (frame, own)) in enumerate(nested.items(), start=1):
        tables[table] = _child(parents, frame["pull"].to_numpy(), own, serial)
    return tables


def _parents(pulls: pd.DataFrame, changed: Numbers) -> Columns:
    pairs = list(zip(pulls["repository"].tolist(), pulls["number"].tolist(), strict=True))
    return {
        "scope": pulls["repository"].to_numpy(),
        "changed": changed,
        "repository_id": words([repository_id(place) for place, _ in pairs]),
        "pull_request_id": words([str(1_000_000 * (place + 1) + number) for place, number in pairs]),
    }


def _child(parents: Columns, pull: Places, own: Columns, serial: int) -> Columns:
    """Rows of a nested table: the parent's columns, an id unless `own` has one, and the table's own columns."""
    ids = {} if "id" in own else {"id": words([f"{serial}{place:07d}" for place in range(len(pull))])}
    return {name: column[pull] for name, column in parents.items()} | ids | own


def _changed(pulls: pd.DataFrame, inside: list[pd.DataFrame]) -> Numbers:
    own = ["created", "ready", "ready_again", "redrafted", "closed", "reopened"]
    moments = pulls[own].max(axis=1).to_numpy(copy=True)
    for frame in inside:
        np.maximum.at(moments, frame["pull"].to_numpy(), frame["at"].to_numpy())
    return np.asarray(moments, dtype=float)


def _at(frame: pd.DataFrame, name: str, column: str = "at") -> Columns:
    return {name: times(frame[column].to_numpy())}


def _pull_requests(draw: Draw, pulls: pd.DataFrame, parents: Columns, heads: Any, text: Columns) -> Columns:
    many, merged, who = len(pulls), pulls["merged"].notna().to_numpy(), pulls["author"].to_numpy()
    never_ready = pulls["drafted"] & pulls["ready"].isna()
    again = pulls["redrafted"].notna() & pulls["ready_again"].isna()
    columns = {"id" if name == "pull_request_id" else name: column for name, column in parents.items()}
    columns |= {name: text[name] for name in ("url", "title", "head_branch", "labels", "mentions")}
    columns |= {"number": pulls["number"].to_numpy(), "is_draft": (never_ready | again).to_numpy()}
    columns |= _size(draw, pulls) | actor("author", who) | actor("merged_by", _mergers(pulls))
    columns |= {"is_from_fork": np.zeros(many, dtype=bool), "is_complete": np.ones(many, dtype=bool)}
    columns |= {f"{name}_at": times(pulls[name].to_numpy()) for name in ("created", "closed", "merged")}
    closed = np.where(pulls["closed"].notna(), "closed", "open")
    return columns | {
        "updated_at": times(parents["changed"]),
        "state": words(np.where(merged, "merged", closed)),
        "base_branch": words(["main"] * many),
        "head_commit": heads,
        "merge_commit": either(merged, text["merge_commit"], None),
        "review_decision": _decisions(pulls),
        "assignees": words([[]] * many),
        "linked_issues": words([[]] * many),
        "reverts": words(None if number != number else int(number) for number in pulls["reverts"]),
    }


def _size(draw: Draw, pulls: pd.DataFrame) -> Columns:
    size = pulls["size"].to_numpy()
    removed = np.floor(size * draw.chance.beta(1.2, 3.0, len(pulls))).astype(int)
    files = np.ceil(size**0.45).astype(int)
    return {"additions": size.astype(int) - removed, "deletions": removed, "changed_files": files}


def _mergers(pulls: pd.DataFrame) -> Places:
    by = np.where(pulls["rounds"] > 0, pulls["reviewer"], pulls["author"])
    return np.where(pulls["merged"].isna(), NOBODY, by)


def _decisions(pulls: pd.DataFrame) -> Any:
    approved = (pulls["merged"].notna() & (pulls["rounds"] > 0)).to_numpy()
    return either(approved, "approved", either(pulls["rounds"] > 0, "review_required", None))


def _reviews(given: pd.DataFrame, heads: Any) -> Columns:
    own = {"state": STATES[given["state"]], "commit_id": heads[given["pull"]], "url": words([None] * len(given))}
    return actor("reviewer", given["who"].to_numpy()) | own | _at(given, "submitted_at")


def _review_comments(lines: pd.DataFrame) -> Columns:
    belongs = words(None if place == NOBODY else f"1{place:07d}" for place in lines["review"].tolist())
    own = {"review_id": belongs, "path": FILES[lines["path"]]}
    return actor("author", lines["who"].to_numpy()) | own | _at(lines, "created_at")


def _commits(draw: Draw, pulls: pd.DataFrame, made: pd.DataFrame, text: Columns) -> Columns:
    who, people = pulls["author"].to_numpy()[made["pull"]], draw.organisation.people
    emails = words(f"{login}@meadowlark.example" for login in people["login"])
    own = {"author_name": words(people["name"])[who], "author_email": emails[who]}
    own["headline"] = text["title"][made["pull"]]
    return actor("author", who) | own | _at(made, "authored_at") | _at(made, "committed_at", "committed")


def _events(draw: Draw, found: pd.DataFrame) -> Columns:
    subject = found["subject"].to_numpy()
    own = {"kind": words(KINDS)[found["kind"]], "subject": words([*draw.organisation.people["login"], None])[subject]}
    own["subject_kind"] = words([*draw.organisation.people["kind"], None])[subject]
    return actor("actor", found["who"].to_numpy()) | own | _at(found, "at")
