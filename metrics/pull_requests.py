"""One fact row per pull request: when it was ready, reviewed, approved and merged, and what it took."""

import numpy as np
import pandas as pd

from metrics.intervals import covered
from metrics.model import Frame
from metrics.organisation import DELETED, PERSON, Organisation, account_class, team_of

EDGE = ["kind", "at"]


def position_of(parents: Frame, children: Frame, parent_id: str = "pull_request_id") -> pd.Series:
    """For each child the position of its parent among `parents`, -1 for none. Ids are unique within a source."""
    ids, wanted = parents["id"], children[parent_id]
    if len(parents["source"].unique()) > 1:
        ids, wanted = parents["source"] + "\0" + ids, children["source"] + "\0" + wanted
    return pd.Series(pd.Index(ids).get_indexer(pd.Index(wanted)), index=children.index, dtype="int64")


def pull_requests(
    pull_requests: Frame,
    reviews: Frame,
    review_comments: Frame,
    pull_request_events: Frame,
    repositories: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per pull request.

    Columns: key (owner/name#12), repository, url, title, author, author_class, team, state, labels, additions,
    deletions, size, is_complete; moments created_at, ready_at, closed_at, merged_at, reviewed_at (first human review
    at or before the merge or close), approved_at (first approval among those); opened_as_draft; reviewers (how many);
    approved_as_is (an approval is of the commit that it ended with; null without an approval that names its commit);
    durations review_wait and cycle (timedelta).
    """
    facts = _named(pull_requests, repositories, organisation)
    events = _events(facts, pull_request_events)
    facts = facts.assign(**_ready(facts, events))
    again = _spans(events, "draft", "ready")
    again = again[again["start"] >= _at(facts["ready_at"].fillna(facts["created_at"]), again)]
    facts = facts.assign(**_reviewed(facts, review_acts(facts, reviews, review_comments, organisation)))
    return facts.assign(
        review_wait=_review_wait(facts, again),
        cycle=_cycle(facts, again, _spans(events, "closed", "reopened")),
    )


def _named(rows: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    facts = rows.reset_index(drop=True)
    names = repositories.drop_duplicates(["source", "id"]).set_index(["source", "id"])["name"]
    place = pd.MultiIndex.from_frame(facts[["source", "repository_id"]])
    facts["repository"] = pd.Series(names.reindex(place).to_numpy(), index=facts.index, dtype="str")
    facts["key"] = facts["repository"] + "#" + facts["number"].astype("str")
    facts["author_class"] = account_class(facts["author"], facts["author_kind"], organisation)
    facts["size"] = (facts["additions"] + facts["deletions"]).astype("float64")
    facts["team"] = team_of(
        facts["author"], "github", facts["created_at"], facts["repository"], organisation, "repository"
    )
    return facts


def _events(facts: Frame, events: Frame) -> Frame:
    rows = events.assign(item=position_of(facts, events))
    rows = rows[(rows["item"] >= 0) & rows["at"].notna()]
    return rows.sort_values(["item", "at", "id"], kind="stable")[["item", *EDGE]]


def _ready(facts: Frame, events: Frame) -> dict[str, pd.Series]:
    turns = events[events["kind"].isin(["ready", "draft"])].drop_duplicates("item").set_index("item")["kind"]
    first = turns.reindex(facts.index)
    as_draft = (first == "ready") | (first.isna() & facts["is_draft"].fillna(False).astype(bool))
    made_ready = _first(events, "ready", facts)
    return {"opened_as_draft": as_draft, "ready_at": facts["created_at"].where(~as_draft, made_ready)}


def _spans(events: Frame, begins: str, ends: str) -> Frame:
    """From each event that begins to the next of its item that ends; null end: still so."""
    turns = events[events["kind"].isin([begins, ends])]
    ending = turns["at"].where(turns["kind"] == ends).groupby(turns["item"]).bfill()
    spans = pd.DataFrame({"item": turns["item"], "start": turns["at"], "end": ending})
    return spans[turns["kind"] == begins].reset_index(drop=True)


def _first(events: Frame, kind: str, facts: Frame) -> pd.Series:
    return events[events["kind"] == kind].groupby("item")["at"].min().reindex(facts.index)


def _at(values: pd.Series, rows: Frame) -> pd.Series:
    """For each row the value of its item."""
    return values.reindex(rows["item"]).set_axis(rows.index)


def review_acts(facts: Frame, reviews: Frame, review_comments: Frame, organisation: Organisation) -> Frame:
    """Every human review of another's pull request: item, at, state, reviewer, reviewer_class.

    A submitted review that is not pending, or a review comment that belongs to none; not by the author, a bot or a
    deleted account. Sorted by item and time.
    """
    loose = review_comments[review_comments["review_id"].isna()]
    acts = pd.concat(
        [
            _acts(facts, reviews, "reviewer", "submitted_at"),
            _acts(facts, loose.assign(state="commented", commit_id=None), "author", "created_at"),
        ],
        ignore_index=True,
    )
    acts = acts[(acts["item"] >= 0) & acts["at"].notna() & (acts["state"] != "pending")]
    acts = acts.assign(reviewer_class=account_class(acts["reviewer"], acts["kind"], organisation))
    human = (acts["reviewer_class"] == PERSON) & ~_is_author(facts, acts)
    return acts[human].sort_values(["item", "at"], kind="stable").reset_index(drop=True)


def _acts(facts: Frame, rows: Frame, who: str, when: str) -> Frame:
    return pd.DataFrame(
        {
            "item": position_of(facts, rows),
            "at": rows[when],
            "state": rows["state"].astype("str"),
            "commit_id": rows["commit_id"].astype("str"),
            "reviewer": rows[who],
            "reviewer_id": rows[f"{who}_id"],
            "kind": rows[f"{who}_kind"],
        }
    )


def _is_author(facts: Frame, acts: Frame) -> pd.Series:
    author = facts[["author", "author_id"]].reindex(acts["item"])
    same_id = acts["reviewer_id"].to_numpy() == author["author_id"].to_numpy()
    same_name = acts["reviewer"].to_numpy() == author["author"].to_numpy()
    ids_known = acts["reviewer_id"].notna().to_numpy() & author["author_id"].notna().to_numpy()
    return pd.Series(np.where(ids_known, same_id, same_name), index=acts.index, dtype=bool)


def _reviewed(facts: Frame, acts: Frame) -> dict[str, pd.Series]:
    limit = facts["merged_at"].fillna(facts["closed_at"])
    limit = limit.where(facts["state"] != "open")
    act_limit = _at(limit, acts)
    in_time = acts[act_limit.isna() | (acts["at"] <= act_limit)]
    approvals = in_time[in_time["state"] == "approved"]
    naming = approvals[approvals["commit_id"].notna()]
    as_is = naming["commit_id"].to_numpy() == _at(facts["head_commit"], naming).to_numpy()
    all_of = facts.index
    return {
        "reviewed_at": in_time.groupby("item")["at"].min().reindex(all_of),
        "approved_at": approvals.groupby("item")["at"].min().reindex(all_of),
        "approved_as_is": pd.Series(as_is, index=naming.index, dtype="boolean")
        .groupby(naming["item"])
        .any()
        .reindex(all_of),
        "reviewers": in_time.groupby("item")["reviewer"].nunique().reindex(all_of, fill_value=0),
    }


def _review_wait(facts: Frame, again: Frame) -> pd.Series:
    """From ready to the first review, less the time in draft again; a review before ready waits for nothing."""
    start, end = facts["ready_at"], facts["reviewed_at"]
    waited = end - start - covered(again, start, end)
    early = end.notna() & (start.isna() | (end <= start))
    return waited.where(~early, pd.Timedelta(0))


def _cycle(facts: Frame, again: Frame, closed: Frame) -> pd.Series:
    """From ready (never ready by the merge: creation) to the merge, less the time in draft again or closed."""
    end = facts["merged_at"]
    ready = facts["ready_at"]
    start = ready.where(ready.notna() & (ready <= end), facts["created_at"])
    away = pd.concat([again, closed], ignore_index=True)
    took = end - start - covered(away, start, end)
    return took.where(took >= pd.Timedelta(0))


def is_judged(facts: Frame) -> pd.Series:
    """Whether the author is a person; the source may no longer know which."""
    return facts["author_class"].isin([PERSON, DELETED])
