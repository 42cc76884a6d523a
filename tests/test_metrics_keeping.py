"""Facts after a sync: what is built again, and what it is equal to."""

from dataclasses import replace
from datetime import date

import pandas as pd
from conftest import NOW, REPOSITORY, at, event, in_every_store, pull, review, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_rows import assert_same, gone, written

from data import forecasts
from data.config import Config
from data.schema import TABLES
from data.stamps import everything_changed
from data.store import Store
from metrics.configured import organisation
from metrics.facts import FACTS, build
from metrics.keeping import LET_GO, UNREAD, touched_since
from metrics.loading import load
from metrics.refreshing import OF_ONE_PULL_REQUEST
from metrics.told import Told


def comment(number, when, who):
    """A remark in the code that belongs to no review."""
    values = {"author": who, "author_id": f"u-{who}", "author_kind": "User", "created_at": when}
    return row("review_comments", pull_request_id=str(number), id=f"{number}-{who}-{when}", **values)


def built(loaded):
    return {name: loaded.facts[name] for name in OF_ONE_PULL_REQUEST}


@in_every_store
def test_only_touched_pull_requests_are_read_again(kept_store):
    since = kept_store.position()
    written(kept_store, reviews=[review(12, "2026-01-13 10:00")])
    assert touched_since(kept_store, since)["id"].tolist() == ["12"]


@in_every_store
def test_a_review_reaches_the_facts_of_its_pull_request_and_no_others(kept_store):
    before = load(kept_store, Config())
    first = built(before)["pull_requests"]
    written(kept_store, reviews=[review(12, "2026-01-13 10:00")])
    after = load(kept_store, Config(), before)
    assert "pull_requests" in dict(after.facts), "it was not built anew"
    assert after.facts["pull_requests"].set_index("number")["reviewed_at"][12] == pd.Timestamp(at("2026-01-13 10:00"))
    assert after.facts["pull_requests"]["url"].array is first["url"].array, "what did not change is not copied"
    assert_same(after, load(kept_store, Config()))


def test_facts_of_tables_that_nobody_wrote_to_stay(kept_store):
    before = load(kept_store, Config())
    built(before)
    written(kept_store, incidents=[row("incidents", id="1", started_at="2026-01-05 10:00")])
    after = load(kept_store, Config(), before)
    assert all(dict(after.facts)[name] is before.facts[name] for name in OF_ONE_PULL_REQUEST)


def test_what_a_screen_told_meanwhile_is_read_again_and_nothing_else_is_built_for_it(kept_store):
    told = Told(date(2026, 11, 20), "team", "payments", NOW, items=9)
    forecasts.keep(kept_store, [told.row])
    before = load(kept_store, Config())
    assert before.facts["told_forecasts"]["items"].tolist() == [9] and built(before)
    since = kept_store.position()
    forecasts.keep(kept_store, [told.row])  # of that day it is kept: nothing is written
    assert not kept_store.position().changed("forecasts", since)
    forecasts.keep(kept_store, [told.row, replace(told, made_on=date(2026, 11, 21), items=7).row])
    after = load(kept_store, Config(), before)
    assert after.facts["told_forecasts"]["items"].tolist() == [9, 7]
    assert all(dict(after.facts)[name] is before.facts[name] for name in OF_ONE_PULL_REQUEST)


@in_every_store
def test_a_renamed_repository_and_rows_changed_otherwise_build_all_anew(kept_store):
    before = load(kept_store, Config())
    built(before)
    written(kept_store, repositories=[REPOSITORY | {"name": "acme/new"}])
    renamed = load(kept_store, Config(), before)
    assert set(renamed.facts["pull_requests"]["repository"]) == {"acme/new"}
    with kept_store.writing() as connection:
        everything_changed(connection)
    assert not dict(load(kept_store, Config(), renamed).facts)


def test_what_belongs_to_pull_requests_is_let_go_when_their_facts_are_built_and_read_again_for_others(kept_store):
    loaded = load(kept_store, Config())
    built(loaded)
    held = loaded.basis.tables.keys()
    assert "pull_requests" in held and not set(LET_GO) & held
    written(kept_store, reviews=[review(12, "2026-01-13 10:00", state="changes_requested")])
    turns = loaded.facts["open_pull_requests"].set_index("number")["because"]
    assert turns[12] == "changes were asked for", "it was read when it was asked for"
    assert not set(LET_GO) & held


def test_every_column_that_a_fact_looks_at_is_read(kept_store):
    written(
        kept_store,
        commits=[row("commits", pull_request_id="1", id="c1", committed_at="2026-01-02 10:00")],
        comments=[row("comments", pull_request_id="1", id="n1", author="ben", created_at="2026-01-02 10:00")],
        review_comments=[comment(1, "2026-01-02 11:00", who="ben")],
        pull_request_events=[event(1, "review_requested", "2026-01-01 11:00")],
    )
    facts, whole = load(kept_store, Config()).facts, {name: kept_store.load(name) for name in TABLES}
    expected = build(whole, organisation(Config()))
    for name in (name for name, fact in FACTS.items() if set(fact.reads) & set(UNREAD)):
        pd.testing.assert_frame_equal(facts[name], expected[name][facts[name].columns], obj=name)


NUMBERS = st.integers(1, 25)
HOURS = st.integers(0, 23)
STEPS = st.one_of(
    st.tuples(st.just("pull"), NUMBERS, HOURS),
    st.tuples(st.just("review"), NUMBERS, HOURS),
    st.tuples(st.just("comment"), NUMBERS, HOURS),
    st.tuples(st.just("draft"), NUMBERS, HOURS),
    st.tuples(st.just("gone"), NUMBERS, HOURS),
    st.tuples(st.just("review gone"), NUMBERS, HOURS),
    st.tuples(st.just("repository"), NUMBERS, HOURS),
)


def taken(store, step, number, hour):
    """One change, as a sync would write it: a child never comes without its pull request."""
    when = f"2026-02-{number:02d} {hour:02d}:00"
    parent = pull(number, f"2026-01-{number:02d} 09:00", updated_at=at(when))
    if step == "gone":
        return gone(store, "pull_requests", id=str(number))
    if step == "review gone":
        return gone(store, "reviews", pull_request_id=str(number))
    children = {
        "pull": {"pull_requests": [parent | {"state": "merged", "merged_at": at(when), "closed_at": at(when)}]},
        "review": {"pull_requests": [parent], "reviews": [review(number, when, who=f"dev{hour}")]},
        "comment": {"pull_requests": [parent], "review_comments": [comment(number, when, who=f"dev{hour}")]},
        "draft": {"pull_requests": [parent], "pull_request_events": [event(number, "draft", when)]},
        "repository": {"repositories": [REPOSITORY | {"name": f"acme/{number % 2}"}]},
    }
    return written(store, **children[step])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(syncs=st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=5))
def test_after_any_changes_the_facts_are_what_a_full_build_gives(tmp_path_factory, syncs):
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('store') / 'metrics.db'}")
    written(
        store,
        repositories=[REPOSITORY],
        pull_requests=[pull(n, f"2026-01-{n:02d} 09:00") for n in range(1, 21)],
    )
    kept = load(store, Config())
    for steps in syncs:
        built(kept)
        for step in steps:
            taken(store, *step)
        kept = load(store, Config(), kept)
        assert_same(kept, load(store, Config()))
    store.engine.dispose()
