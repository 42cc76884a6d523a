"""One fact row per pull request: when it was ready, reviewed, approved and merged, and what it took."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.intervals import covered
from metrics.model import Frame
from metrics.organisation import DELETED, PERSON, Organisation, account_class, is_person, team_of
from metrics.positions import Positions, place_in, position_of

TURNS = ("draft", "ready", "closed", "reopened")
TOLD = ["key", "url", "repository", "team", "author_class"]  # what facts made from these say of a pull request
NEVER, NOT_A_TIME = np.iinfo(np.int64).max, np.iinfo(np.int64).min


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
    facts = facts.assign(**_reviewed(facts, each_act(facts, reviews, review_comments, organisation)))
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
    """Every human review of another's pull request: item, at, state, reviewer.

    A submitted review that is not pending, or a review comment that belongs to none; not by the author, a bot or a
    deleted account. Sorted by item and time.
    """
    each = [one.frame for one in each_act(facts, reviews, review_comments, organisation)]
    return each[0] if len(each) == 1 else pd.concat(each).sort_values(["item", "at"], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Acts:
    """The rows of a table that are human reviews, at `places`, and the pull request of each, as a position."""

    rows: Frame
    places: Positions
    item: Positions

    @property
    def at(self) -> Positions:
        """When, in microseconds since 1970."""
        return np.asarray(self.rows["at"].astype("int64").to_numpy()[self.places], dtype=np.int64)

    def said(self, state: str) -> NDArray[np.bool_]:
        """Which of them say this."""
        return (self.rows["state"] == state).fillna(False).to_numpy(dtype=bool)[self.places]

    @property
    def frame(self) -> Frame:
        """What is told of each, by pull request and time."""
        order = np.lexsort((self.at, self.item))
        acts = self.rows[["at", "state", "reviewer"]].take(self.places[order])
        acts = acts.assign(item=self.item[order]).astype({"state": "str"})
        return acts.reset_index(drop=True)

    def where(self, chosen: NDArray[np.bool_]) -> "Acts":
        """Some of them."""
        return Acts(self.rows, self.places[chosen], self.item[chosen])


def each_act(facts: Frame, reviews: Frame, review_comments: Frame, organisation: Organisation) -> list[Acts]:
    """The human reviews among the reviews and, where there are any, among the comments that belong to none."""
    said = reviews.rename(columns={"submitted_at": "at"})
    acts = [_acts(facts, said, reviews["state"] != "pending", organisation)]
    alone = review_comments["review_id"].isna()
    if alone.any():
        names = {"author": "reviewer", "author_id": "reviewer_id", "author_kind": "reviewer_kind", "created_at": "at"}
        comments = review_comments.rename(columns=names).assign(state="commented", commit_id=None)
        acts.append(_acts(facts, comments, alone, organisation))
    return acts


def _acts(facts: Frame, rows: Frame, counts: pd.Series, organisation: Organisation) -> Acts:
    item = position_of(facts, rows).to_numpy()
    human = is_person(rows["reviewer"], rows["reviewer_kind"], organisation)
    dated = rows["at"].notna().to_numpy() & counts.fillna(True).to_numpy(dtype=bool)
    places = np.flatnonzero(human & dated & (item >= 0) & ~_is_author(facts, rows, item))
    return Acts(rows, places, item[places])


def _is_author(facts: Frame, rows: Frame, item: Positions) -> NDArray[np.bool_]:
    """By account id where the source gives both, else by login: two accounts may share one."""
    same_id, ids_known = _same(facts["author_id"], rows["reviewer_id"], item)
    if ids_known.all():
        return same_id
    same_name, _ = _same(facts["author"], rows["reviewer"], item)
    return np.asarray(np.where(ids_known, same_id, same_name), dtype=np.bool_)


def _same(authors: pd.Series, actors: pd.Series, item: Positions) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each actor is the author of its item, and whether both are known."""
    if authors.empty:
        return np.zeros(len(actors), dtype=bool), np.zeros(len(actors), dtype=bool)
    actor, names = pd.factorize(actors)
    author = place_in(pd.Series(names, dtype="str"), authors)[item]
    known = (actor >= 0) & authors.notna().to_numpy()[item]
    return known & (actor == author), known


def _reviewed(facts: Frame, each: Sequence[Acts]) -> dict[str, pd.Series]:
    limit = facts["merged_at"].fillna(facts["closed_at"]).where(facts["state"] != "open")
    last = limit.astype("int64").where(limit.notna(), NEVER).to_numpy()
    in_time = [acts.where(acts.at <= last[acts.item]) for acts in each]
    approvals = [acts.where(acts.said("approved")) for acts in in_time]
    return {
        "reviewed_at": _first_of(facts, in_time),
        "approved_at": _first_of(facts, approvals),
        "approved_as_is": _as_is(facts, approvals[0]),
        "reviewers": _reviewers(facts, in_time),
    }


def _first_of(facts: Frame, each: Sequence[Acts]) -> pd.Series:
    """The time of the first act of each pull request."""
    first = np.full(len(facts), NEVER)
    for acts in each:
        np.minimum.at(first, acts.item, acts.at)
    ticks = np.where(first == NEVER, NOT_A_TIME, first)
    return pd.Series(pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC"), index=facts.index)


def _as_is(facts: Frame, approvals: Acts) -> pd.Series:
    """Whether an approval is of the commit that the pull request ended with; null where none names its commit."""
    commit = approvals.rows["commit_id"].take(approvals.places).astype("str")
    same = commit.array == facts["head_commit"].take(approvals.item).astype("str").array
    known, as_is = np.zeros((2, len(facts)), dtype=bool)
    known[approvals.item[commit.notna().to_numpy()]] = True
    as_is[approvals.item[np.asarray(same, dtype=bool)]] = True
    return pd.Series(pd.arrays.BooleanArray(as_is, ~known), index=facts.index)


def _reviewers(facts: Frame, each: Sequence[Acts]) -> pd.Series:
    """How many different people reviewed each pull request."""
    names = pd.concat([acts.rows["reviewer"].take(acts.places) for acts in each], ignore_index=True)
    who, words = pd.factorize(names)
    pairs = np.sort(np.concatenate([acts.item for acts in each]) * max(len(words), 1) + who)
    fresh = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.bincount(pairs[fresh] // max(len(words), 1), minlength=len(facts))
    return pd.Series(counts, index=facts.index)


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
