"""Every fact has its types whatever the rows are: none, one of each table, one pull request, one month, one file."""

import pandas as pd
import pytest
from conftest import NOW

from data import config
from data.demonstration import CONFIGURATION
from data.schema import TABLES
from data.store import Store
from metrics.configured import organisation
from metrics.facts import FACTS, Fact, build
from metrics.frames import frame_of
from metrics.keeping import Tables
from metrics.loading import load

READ = sorted({table for fact in FACTS.values() for table in fact.reads})
TIMES = ("created_at", "at", "submitted_at", "committed_at", "published_at", "started_at", "start_at", "released_at")
MONTH = pd.Timestamp("2026-10-01", tz="UTC"), pd.Timestamp("2026-11-01", tz="UTC")


@pytest.fixture(scope="module")
def settings():
    return config.read(CONFIGURATION)


@pytest.fixture(scope="module")
def demonstration(demonstration_file, settings):
    """The demonstration's tables, and the types of its facts."""
    store = Store.open(f"sqlite:///{demonstration_file}")
    full = load(store, settings).facts
    yield {name: Tables(store)[name] for name in READ}, {name: types_of(full[name]) for name in FACTS}
    store.engine.dispose()


def types_of(rows):
    return {name: str(kind) for name, kind in rows.dtypes.items()}


def none(tables):
    return {name: rows.iloc[:0] for name, rows in tables.items()}


def first_of_each(tables):
    return {name: rows.head(1).reset_index(drop=True) for name, rows in tables.items()}


def last_of_each(tables):
    return {name: rows.tail(1).reset_index(drop=True) for name, rows in tables.items()}


def one_pull_request_and_one_issue(tables):
    """With all that hangs on them; of other tables everything that says what they are."""
    found = dict(tables)
    for parent, key in (("pull_requests", "pull_request_id"), ("issues", "issue_id")):
        one = tables[parent].iloc[[len(tables[parent]) // 2]]
        found[parent] = one.reset_index(drop=True)
        for name in (name for name in tables if key in TABLES[name].c):
            same = (tables[name][key] == one["id"].iloc[0]) & (tables[name]["source"] == one["source"].iloc[0])
            found[name] = tables[name][same].reset_index(drop=True)
    return found


def one_month(tables):
    found = {}
    for name, rows in tables.items():
        at = next((column for column in TIMES if column in rows), None)
        chosen = rows if at is None else rows[(rows[at] >= MONTH[0]) & (rows[at] < MONTH[1])]
        found[name] = chosen.reset_index(drop=True)
    return found


def one_file(tables):
    """The file with the most month ends, in every table that tells of files."""
    path, found = tables["file_snapshots"]["path"].value_counts().index[0], dict(tables)
    for name in ("files", "file_changes", "file_snapshots"):
        rows = tables[name]
        found[name] = rows[rows["path" if "path" in rows else "id"] == path].reset_index(drop=True)
        assert len(found[name])
    return found


@pytest.mark.parametrize(
    "some",
    [none, first_of_each, last_of_each, one_pull_request_and_one_issue, one_month, one_file],
    ids=lambda some: some.__name__,
)
def test_every_fact_has_the_types_of_a_full_build(demonstration, settings, some):
    tables, types = demonstration
    facts = build(some(tables), organisation(settings))
    wrong = {}
    for name in FACTS:
        found = types_of(facts[name])
        if found != types[name]:
            both = {*found, *types[name]}
            wrong[name] = {c: (types[name].get(c), found.get(c)) for c in both if found.get(c) != types[name].get(c)}
    assert wrong == {}


def test_declared_types_hold_without_a_row_with_one_and_for_columns_that_are_lacking():
    fact = Fact("x", lambda: None, {"n": "int64", "at": "datetime64[us, UTC]", "said": "str"})
    for rows in (pd.DataFrame({"n": []}), pd.DataFrame({"said": pd.Series(dtype="object")})):
        typed = types_of(fact.typed(rows))
        assert typed == {"n": "int64", "at": "datetime64[us, UTC]", "said": "str"}
    one = pd.DataFrame({"n": [1.0], "at": [pd.Timestamp(NOW)], "said": [None]})
    assert types_of(fact.typed(one)) == types_of(fact.typed(one.iloc[:0]))


@pytest.mark.parametrize("rows", [[], [{"at": pd.NaT, "n": None}], [{"at": pd.Timestamp(NOW), "n": 1}]])
def test_rows_become_a_frame_of_declared_types(rows):
    types = {"at": "datetime64[us, UTC]", "n": "float64"}
    assert types_of(frame_of(rows, types)) == types and len(frame_of(rows, types)) == len(rows)
