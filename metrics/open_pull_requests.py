"""Open pull requests, and what each of them waits for: a reviewer, its author, checks, the merge, or a decision."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.positions import position_of
from metrics.pull_requests import is_judged, review_acts
from metrics.workflow_runs import GREEN

REVIEWER, AUTHOR, CHECKS, MERGE, DECISION = "reviewer", "author", "checks", "merge", "decision"
WAITS = (REVIEWER, AUTHOR, CHECKS, MERGE, DECISION)
QUIET = pd.Timedelta(days=14)
CHECKS_SAY = ("a check failed", "checks are running", "it merges by itself once checks are green")
DECISIVE = ("approved", "changes_requested", "dismissed")
SHOWN = [
    *("key", "url", "title", "author", "asked", "repository", "team", "size"),
    *("waits_for", "because", "since", "is_unreviewed"),
]


class Turn(NamedTuple):
    """Whose turn it is where something holds, why, and since when."""

    holds: pd.Series
    who: str
    because: str
    since: pd.Series


def open_pull_requests(
    pull_request_facts: Frame,
    reviews: Frame,
    review_comments: Frame,
    commits: Frame,
    pull_request_events: Frame,
    workflow_runs: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per open pull request of a person: the columns of its facts, and whose turn it is.

    waits_for (reviewer, author, checks, merge), because (in words), since; asked (who is asked for a review and has not
    answered, by name, joined with commas) and moved_at (the last commit, review, request or turn to draft or ready).
    """
    facts = pull_request_facts
    facts = facts[(facts["state"] == "open") & is_judged(facts)].reset_index(drop=True)
    events = pull_request_events.assign(item=position_of(facts, pull_request_events))
    events = events[events["item"] >= 0]
    acts = review_acts(facts, reviews, review_comments, organisation)
    pushed = _pushed(facts, commits, events)
    facts = facts.assign(asked=_asked(facts, events, acts), **_turn(facts, acts, events, pushed, workflow_runs))
    moments = [pushed, _last(acts, facts), _last(events, facts), facts["ready_at"], facts["created_at"]]
    return facts.assign(moved_at=pd.concat(moments, axis=1).max(axis=1))


def _last(rows: Frame, facts: Frame) -> pd.Series:
    return rows.groupby("item")["at"].max().reindex(facts.index)


def _pushed(facts: Frame, commits: Frame, events: Frame) -> pd.Series:
    """The last commit or force-push, as far as its date can be believed: not before the pull request was made."""
    made = pd.DataFrame({"item": position_of(facts, commits), "at": commits["committed_at"]})
    forced = events.loc[events["kind"] == "force_push", ["item", "at"]]
    last = _last(pd.concat([made[made["item"] >= 0], forced]), facts)
    return last.where(last >= facts["created_at"], facts["created_at"])


def _asked(facts: Frame, events: Frame, acts: Frame) -> pd.Series:
    """The people whose review was asked for and not taken back, and who have not reviewed since."""
    turns = events[events["kind"].isin(["review_requested", "review_request_removed"]) & events["subject"].notna()]
    last = turns.sort_values("at", kind="stable").drop_duplicates(["item", "subject"], keep="last")
    last = last[last["kind"] == "review_requested"]
    given = acts.groupby(["item", "reviewer"])["at"].max()
    answered = given.reindex(pd.MultiIndex.from_frame(last[["item", "subject"]])).set_axis(last.index)
    waiting = last[~(answered >= last["at"])].sort_values(["item", "subject"])
    return waiting.groupby("item")["subject"].agg(", ".join).reindex(facts.index)


def _turn(facts: Frame, acts: Frame, events: Frame, pushed: pd.Series, runs: Frame) -> dict[str, pd.Series]:
    said = acts[acts["state"].isin(DECISIVE)].drop_duplicates(["item", "reviewer"], keep="last")
    refused, approved = (_last(said[said["state"] == state], facts) for state in ("changes_requested", "approved"))
    asked_again = _last(events[events["kind"].isin(["review_requested", "ready"])], facts)
    answered = pd.concat([pushed, asked_again], axis=1).max(axis=1)
    reviewed, drafted = _last(acts, facts), _last(events[events["kind"] == "draft"], facts)
    checks = _checks(facts, events, runs)
    waits = (
        Turn(facts["is_draft"].fillna(False).astype(bool), AUTHOR, "it is a draft", drafted),
        Turn(refused >= answered, AUTHOR, "changes were asked for", refused),
        Turn(refused.notna(), REVIEWER, "the changes that were asked for are in", answered),
        *(Turn(approved.notna() & (checks == word), CHECKS, word, approved) for word in CHECKS_SAY),
        Turn(approved.notna(), MERGE, "it is approved", approved),
        Turn(reviewed.isna(), REVIEWER, "nobody has reviewed it yet", asked_again.fillna(facts["ready_at"])),
        Turn(reviewed >= answered, AUTHOR, "a review has remarks", reviewed),
        Turn(reviewed.notna(), REVIEWER, "it changed after the review", answered),
    )
    blank = pd.Series(None, index=facts.index, dtype="str")
    who, because, since = blank, blank, facts["created_at"]
    for turn in reversed(waits):  # the first that holds has the last word
        who, because = who.mask(turn.holds, turn.who), because.mask(turn.holds, turn.because)
        since = since.mask(turn.holds, turn.since.fillna(facts["created_at"]))
    return {"waits_for": who, "because": because, "since": since}


def _checks(facts: Frame, events: Frame, runs: Frame) -> pd.Series:
    """What is known of the checks of the last commit: that some failed or run; that it merges by itself when green."""
    own = runs[runs["commit_id"].isin(facts["head_commit"])].sort_values("updated_at", kind="stable")
    last = own.drop_duplicates(["commit_id", "workflow"], keep="last")
    red = last.loc[last["conclusion"].notna() & ~last["conclusion"].isin([GREEN, "skipped", "neutral"]), "commit_id"]
    running = last.loc[last["conclusion"].isna(), "commit_id"]
    automatic = facts.index.isin(events.loc[events["kind"] == "auto_merge", "item"])
    cases = [facts["head_commit"].isin(one).to_numpy(dtype=bool) for one in (red, running)] + [automatic]
    return pd.Series(np.select(cases, [np.array(word) for word in CHECKS_SAY], np.array("")), facts.index, dtype="str")


def waiting(open_pull_requests: Frame, now: datetime) -> Frame:
    """Open pull requests with `days` (since when its turn lasts), the longest first.

    Where nothing has happened for two weeks, it waits for a decision: go on with it or close it. `is_unreviewed` are
    those that the indicator review_queue counts: ready, and reviewed by nobody else yet.
    """
    rows = open_pull_requests
    ready = rows["ready_at"].notna() & ~rows["is_draft"].fillna(False).astype(bool)
    quiet = rows["moved_at"] <= pd.Timestamp(now) - QUIET
    rows = rows.assign(
        waits_for=rows["waits_for"].mask(quiet, DECISION),
        because=rows["because"].mask(quiet, "nothing has happened for two weeks: go on or close"),
        since=rows["since"].mask(quiet, rows["moved_at"]),
        is_unreviewed=ready & rows["reviewed_at"].isna(),
    )
    passed = (pd.Timestamp(now) - rows["since"]).dt.total_seconds() / 86_400
    ordered = rows[SHOWN].assign(days=passed)
    return ordered.sort_values(["days", "key"], ascending=[False, True], ignore_index=True)


def asked_now(rows: Frame) -> pd.Series:
    """How many of these pull requests wait for each person who is asked, by name; the items show the names too."""
    asked = rows.loc[(rows["waits_for"] == REVIEWER) & rows["asked"].notna(), "asked"].str.split(", ").explode()
    return asked.value_counts().sort_index()
