"""The Jira connector against the local Jira server: every fault, time zone and interruption gives the same store."""

import json
import os
import signal
import time
from contextlib import ExitStack
from datetime import datetime
from functools import cache

import pytest
from jira_sandbox import SANDBOX, options, run, running

from connectors.jira import issues as issue_walk
from connectors.jira.client import Client
from data.schema import COPIED, TABLES
from data.store import Store

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not (SANDBOX / "jira").exists(), reason="no local Jira server beside the checkout"),
]
SMALL = ("--projects", "DAEMON", "--limit", "120")
FAULTS = {
    "too many requests": {"rate_every": 3, "retry_after": 0},
    "errors on its side": {"error_every": 3},
    "answers cut short": {"truncate_every": 4},
    "dropped connections": {"drop_every": 3},
    "short pages": {"short_pages": 1},
}
ZONES = ("Etc/GMT-3", "Etc/GMT+5")  # three hours before and five behind UTC
MODES = ("cloud", "server")
# every fault in every mode and in every zone, and every zone in every mode
PAIRS = [(mode, fault, ZONES[(m + f) % 2]) for m, mode in enumerate(MODES) for f, fault in enumerate(FAULTS)]


@pytest.fixture
def store(tmp_path):
    return Store.open(f"sqlite:///{tmp_path}/metrics.db")


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    for name, value in {"TOKEN": "secret-token", "USER": "bot@example.org", "PAT": "secret-pat"}.items():
        monkeypatch.setenv(f"TEST_JIRA_{name}", value)


def rows_of(store, table):
    frame = store.load(table).drop(columns=["seen_at", "gone_at", "stamp"], errors="ignore")
    keys = [column.name for column in TABLES[table].primary_key]
    frame = frame.sort_values(keys).reset_index(drop=True)
    if "url" in frame:  # the server's port differs from run to run
        frame["url"] = frame["url"].str.replace(r"127\.0\.0\.1:\d+", "site", regex=True)
    return json.loads(frame.to_json(orient="records", date_format="iso"))


def same(one, other):
    for table in COPIED:
        assert rows_of(one, table) == rows_of(other, table), table


@pytest.fixture(scope="module")
def servers():
    """Servers of the small project that tests share: servers(mode, zone); each begins anew for who asks for it."""
    os.environ |= {
        "TEST_JIRA_TOKEN": "secret-token",
        "TEST_JIRA_USER": "bot@example.org",
        "TEST_JIRA_PAT": "secret-pat",
    }
    with ExitStack() as stack:

        @cache
        def started(mode, zone):
            return stack.enter_context(running(*SMALL, "--tz", zone, *options(mode)))

        def server(mode, zone="UTC", **faults):
            found = started(mode, zone)
            found.reset(**faults)
            return found

        yield server


@pytest.fixture(scope="module")
def clean(servers, tmp_path_factory):
    """What a first sync of the small project stores when nothing goes wrong, on Cloud and on Data Center."""
    stores = {mode: Store.open(f"sqlite:///{tmp_path_factory.mktemp(mode)}/clean.db") for mode in MODES}
    assert [run(servers(mode), mode, store) for mode, store in stores.items()] == [[], []]
    return stores


@pytest.mark.parametrize(("mode", "fault", "zone"), PAIRS)
def test_faults_and_time_zones_change_nothing_in_the_store(mode, fault, zone, store, servers, clean):
    server = servers(mode, zone, **FAULTS[fault])
    assert run(server, mode, store) == []
    same(store, clean[mode])
    assert "405" not in server.ask("stats")["codes"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("request_number", range(1, 21, 2 if os.environ.get("CI") else 4))
def test_a_sync_killed_at_any_request_goes_on_to_the_same_store(
    mode, request_number, store, servers, clean, monkeypatch
):
    monkeypatch.setattr(issue_walk, "SEARCHES_A_PAGE", 1)
    server = servers(mode)
    child = os.fork()
    if child == 0:
        _die_at(request_number)
        run(server, mode, store)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert run(server, mode, store) == []
    same(store, clean[mode])


def _die_at(request_number):
    answer, asked = Client._answer, []

    def dying(*arguments):
        asked.append(1)
        if len(asked) == request_number:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer(*arguments)

    Client._answer = dying


@pytest.mark.parametrize("mode", MODES)
def test_many_syncs_through_the_years_end_in_the_same_store_as_one(mode, store, tmp_path):
    both = ("ALOY", "DAEMON")
    with running(*options(mode), "--until", "2013-06-01T00:00:00Z") as server:
        for moment in ("2013-06-01", "2013-06-02", "2016-02-10"):
            server.ask(f"advance?until={moment}T00:00:00Z")
            assert run(server, mode, store, both) == []
        server.ask("reset")
        server.ask("advance?until=now")
        assert run(server, mode, store, both) == []
        at_once = Store.open(f"sqlite:///{tmp_path}/at-once.db")
        assert run(server, mode, at_once, both) == []
    same(store, at_once)


@pytest.mark.parametrize("mode", MODES)
def test_a_deleted_issue_is_marked_with_all_of_its_rows_and_comes_back_when_restored(mode, store):
    with running(*SMALL, *options(mode)) as server:
        run(server, mode, store)
        issues = store.load("issues", ["id", "key"])
        number, key = issues.iloc[0]
        time.sleep(1.1)  # the server's clock shows whole seconds
        server.ask(f"delete?key={key}")
        assert run(server, mode, store) == []
        assert number not in set(store.load("issues")["id"])
        assert store.load("issue_changes", issue_id=number).empty
        assert len(store.load("issues", gone=True)) == len(issues)
        time.sleep(1.1)
        server.ask("undelete")
        assert run(server, mode, store) == []
    assert number in set(store.load("issues")["id"])
    assert not store.load("issue_changes", issue_id=number).empty


@pytest.mark.parametrize("mode", MODES)
def test_a_project_that_vanishes_is_reported_and_keeps_its_rows_while_the_other_goes_on(mode, store, servers):
    both = ("ALOY", "DAEMON")
    run(servers(mode), mode, store)
    with running("--projects", "ALOY", "--limit", "30", *options(mode)) as server:
        failed = run(server, mode, store, both)
    assert [progress.scope for progress in failed] == ["DAEMON"]
    assert "no project DAEMON for this account; it could be read before" in failed[0].error
    assert store.count("issues", project="DAEMON") == 120
    assert store.count("issues", project="ALOY") == 30


@pytest.fixture(scope="module", params=MODES)
def whole(request, tmp_path_factory):
    """Both projects, once, with what the sync cost."""
    os.environ |= {
        "TEST_JIRA_TOKEN": "secret-token",
        "TEST_JIRA_USER": "bot@example.org",
        "TEST_JIRA_PAT": "secret-pat",
    }
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('whole')}/metrics.db")
    both = ("ALOY", "DAEMON")
    with running(*options(request.param)) as server:
        assert run(server, request.param, store, both) == []
        first = server.ask("stats")
        server.ask("reset")
        assert run(server, request.param, store, both) == []
        second = server.ask("stats")
    return store, first, second


def test_a_first_sync_asks_little(whole):
    _, first, _ = whole
    paths = first["paths"]
    boards = sum(count for path, count in paths.items() if "agile" in path)
    # 1,816 issues: 15 + 4 searches, 3 + 1 questions for histories; two requests a board, once a day
    assert sum(paths.values()) - boards <= 1.5 * 1816 / 100 + 1816 / 100
    assert boards <= 2 * 10 + 2


def test_a_sync_with_nothing_new_asks_at_most_five_times_a_project(whole):
    assert whole[2]["requests"] <= 2 * 5


def test_nothing_is_ever_written(whole):
    assert set(whole[1]["codes"]) == {"200"}


def test_every_issue_and_its_status_history_is_there(whole):
    store, expected = whole[0], json.loads((SANDBOX / "expected" / "jira-alloy.json").read_text())
    issues = store.load("issues").set_index("key")
    assert set(issues.index) == set(expected["issues"])
    for key, answer in expected["issues"].items():
        row = issues.loc[key]
        assert (row["id"], row["type"], row["status_id"]) == (answer["id"], answer["type"], answer["status"])
        assert row["created_at"] == datetime.fromisoformat(answer["created"])
    done = issues["status_category"] == "done"
    assert int(done.sum()) == expected["summary"]["done"]


def test_reopenings_counted_from_the_histories_are_the_expected_ones(whole):
    store, expected = whole[0], json.loads((SANDBOX / "expected" / "jira-alloy.json").read_text())
    category = store.load("statuses").set_index("id")["category"]
    changes = store.load("issue_changes", field="status")
    back = (changes["from_id"].map(category) == "done") & (changes["to_id"].map(category) != "done")
    keys = store.load("issues").set_index("id")["key"]
    counted = changes.loc[back, "issue_id"].map(keys).value_counts().to_dict()
    assert counted == {key: i["reopens"] for key, i in expected["issues"].items() if i["reopens"]}


def test_the_sprints_and_who_was_committed_to_them_are_the_expected_ones(whole):
    store, expected = whole[0], json.loads((SANDBOX / "expected" / "jira-alloy.json").read_text())["sprints"]
    sprints = store.load("sprints").set_index("id")
    assert set(sprints.index) == set(expected)
    committed = _committed(store, sprints)
    for number, answer in expected.items():
        row = sprints.loc[number]
        assert row["board_id"] == str(answer["board"])
        assert row["start_at"] == datetime.fromisoformat(answer["start"])
        assert row["complete_at"] == datetime.fromisoformat(answer["end"])
        assert committed.get(number, 0) == answer["count"]["committed"], number


def _committed(store, sprints):
    """How many issues each sprint held at its start, from the sprint field's history."""
    changes = store.load("issue_changes", field="sprint").sort_values(["issue_id", "at", "position"])
    histories = {issue: list(rows.itertuples()) for issue, rows in changes.groupby("issue_id")}
    committed = {}
    for issue in store.load("issues").itertuples():
        history = histories.get(issue.id, [])
        ids = {n for change in history for side in (change.from_id, change.to_id) for n in _split(side)}
        for number in (ids | set(issue.sprints)) & set(sprints.index):
            start = sprints.loc[number, "start_at"]
            held = _split(history[0].from_id) if history else issue.sprints
            for change in history:
                if change.at <= start:
                    held = _split(change.to_id)
            if issue.created_at <= start and number in held:
                committed[number] = committed.get(number, 0) + 1
    return committed


def _split(numbers):
    return numbers.split(",") if isinstance(numbers, str) else []
