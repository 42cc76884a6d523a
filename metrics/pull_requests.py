"""One fact row per pull request: when it was ready, reviewed, approved and merged, and what it took."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.intervals import covered
from metrics.model import Frame
from metrics.organisation import DELETED, PERSON, Organisation, account_class, is_person, team_of
from metrics.positions import Positions, place_in, position_of

TURNS = ("draft", "ready", "closed", "reopened")


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
    again = _drafted_again(facts, events)
    facts = facts.assign(**_reviewed(facts, review_acts(facts, reviews, review_comments, organisation)))
    return facts.assign(
        review_wait=waited(facts["ready_at"], facts["reviewed_at"], again),
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
    """Turns to draft and ready, closes and reopenings in their order; of two at once the one listed first in TURNS."""
    kind = pd.Index(TURNS).get_indexer(pd.Index(events["kind"]))
    item, at = position_of(facts, events).to_numpy(), events["at"].astype("int64").to_numpy()
    chosen = np.flatnonzero((item >= 0) & (kind >= 0) & events["at"].notna().to_numpy())
    chosen = chosen[np.lexsort((kind[chosen], at[chosen], item[chosen]))]
    moments = events["at"].take(chosen).reset_index(drop=True)
    return pd.DataFrame({"item": item[chosen], "kind": np.array(TURNS)[kind[chosen]], "at": moments})


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
    """Every human review of another's pull request: item, at, state, reviewer, commit_id.

    A submitted review that is not pending, or a review comment that belongs to none; not by the author, a bot or a
    deleted account. Sorted by item and time.
    """
    acts = _acts(facts, reviews, "reviewer", "submitted_at", reviews["state"] != "pending", organisation)
    alone = review_comments["review_id"].isna()
    if not alone.any():
        return acts
    unbound = review_comments.assign(state="commented", commit_id=None)
    said = _acts(facts, unbound, "author", "created_at", alone, organisation)
    return pd.concat([acts, said]).sort_values(["item", "at"], kind="stable", ignore_index=True)


def _acts(facts: Frame, rows: Frame, who: str, when: str, counts: pd.Series, organisation: Organisation) -> Frame:
    item, at = position_of(facts, rows).to_numpy(), rows[when].astype("int64").to_numpy()
    human = is_person(rows[who], rows[f"{who}_kind"], organisation)
    dated = rows[when].notna().to_numpy() & counts.fillna(True).to_numpy(dtype=bool)
    chosen = np.flatnonzero(human & dated & (item >= 0) & ~_is_author(facts, rows, who, item))
    chosen = chosen[np.lexsort((at[chosen], item[chosen]))]
    acts = rows[[when, "state", who, "commit_id"]].take(chosen)
    acts = acts.set_axis(["at", "state", "reviewer", "commit_id"], axis="columns").assign(item=item[chosen])
    return acts.astype({"state": "str", "commit_id": "str"}).reset_index(drop=True)


def _is_author(facts: Frame, rows: Frame, who: str, item: Positions) -> NDArray[np.bool_]:
    """By account id where the source gives both, else by login: two accounts may share one."""
    same_id, ids_known = _same(facts["author_id"], rows[f"{who}_id"], item)
    same_name, _ = _same(facts["author"], rows[who], item)
    return np.where(ids_known, same_id, same_name)


def _same(authors: pd.Series, actors: pd.Series, item: Positions) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each actor is the author of its item, and whether both are known."""
    if authors.empty:
        return np.zeros(len(actors), dtype=bool), np.zeros(len(actors), dtype=bool)
    actor, names = pd.factorize(actors)
    author = place_in(pd.Series(names, dtype="str"), authors)[item]
    known = (actor >= 0) & authors.notna().to_numpy()[item]
    return known & (actor == author), known


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


def drafted_again(facts: Frame, pull_request_events: Frame) -> Frame:
    """The times in which pull requests were made drafts again: item (their label), start, end (null: still)."""
    return _drafted_again(facts, _events(facts, pull_request_events))


def _drafted_again(facts: Frame, events: Frame) -> Frame:
    again = _spans(events, "draft", "ready")
    return again[again["start"] >= _at(facts["ready_at"].fillna(facts["created_at"]), again)]


def waited(start: pd.Series, end: pd.Series, again: Frame) -> pd.Series:
    """From ready to an answer, less the time in draft again; an answer before ready is waited for not at all."""
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
