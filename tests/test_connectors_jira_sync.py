"""What happens on a Jira site arrives in the store: moves, deletions, renames, lost permissions, shared sprints."""

from datetime import UTC, datetime

import pytest
from jira_site import JiraSite, serving

from connectors.jira import CONNECTOR
from connectors.jira import issues as issue_walk
from connectors.sync import sync
from data import record
from data.settings import Jira
from data.store import Store


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("TEST_JIRA_TOKEN", "secret")
    site = JiraSite()
    with serving(lambda *question: site.answer(*question), lambda: site.clock) as site.url:
        yield site


@pytest.fixture
def run(site, store):
    def run_once(*projects):
        site.asked.clear()
        entry = Jira(url=site.url, projects=projects or ("PAY", "CORE"), token_env="TEST_JIRA_TOKEN", name="jira")
        return sync(store, [(CONNECTOR, entry)], lambda: datetime.now(UTC), lambda until: None)

    return run_once


def keys(store, **where):
    return sorted(store.load("issues", **where)["key"])


def test_an_issue_that_moves_is_stored_anew_with_its_history_and_its_old_row_is_gone(site, store, run):
    site.add(1, "PAY-1")
    site.change(1, "2026-03-01 11:00", field="status", fieldId="status", **{"from": "1", "to": "3"})
    assert run() == []
    site.later(hours=1)
    site.add(1, "CORE-8", status="3")
    site.change(1, "2026-03-02 12:30", field="project", fieldId="project", **{"from": "100", "to": "200"})
    assert run() == []
    assert keys(store) == ["CORE-8"]
    assert len(store.load("issues", gone=True)) == 2
    changes = store.load("issue_changes")
    assert changes["project_id"].tolist() == ["200"]
    assert changes["to_id"].tolist() == ["3"]


def test_an_issue_that_moves_out_of_sight_is_gone(site, store, run):
    site.add(1, "PAY-1")
    site.add(2, "PAY-2")
    run()
    site.later(hours=1)
    site.add(1, "SECRET-5")
    assert run() == []
    assert keys(store) == ["PAY-2"]


def test_a_deleted_issue_is_marked_with_its_children_and_never_dropped(site, store, run):
    site.add(1, "PAY-1")
    site.add(2, "PAY-2")
    site.change(1, "2026-03-01 11:00", field="status", fieldId="status", **{"from": "1", "to": "3"})
    run()
    site.later(hours=1)
    del site.issues["1"]
    assert run() == []
    assert keys(store) == ["PAY-2"]
    assert store.load("issue_changes").empty
    assert len(store.load("issue_changes", gone=True)) == 1


@pytest.mark.parametrize("loss", ["may_browse", "hidden"])
def test_a_lost_permission_is_reported_and_is_no_deletion(site, store, run, loss):
    site.add(1, "PAY-1")
    site.add(2, "CORE-2")
    run()
    site.later(hours=1)
    if loss == "may_browse":
        site.may_browse = False
        del site.issues["1"]
        (failure,) = run()
        assert "no project PAY for this account; it could be read before" in failure.error
    else:
        site.hidden = True
        run()
    assert keys(store) == ["CORE-2", "PAY-1"]


def test_a_project_that_shows_none_of_its_issues_says_so_in_its_record(site, store, run):
    site.add(1, "PAY-1")
    run("PAY")
    site.later(hours=1)
    site.hidden = True
    run("PAY")
    (line,) = [line for line in record.status(store) if line.stream == "issues"]
    assert "Jira shows none of its 1 issues" in line.error


def test_an_unknown_project_is_named_and_the_other_is_complete(site, store, run):
    site.add(1, "PAY-1")
    (failure,) = run("NOPE", "PAY")
    assert failure.scope == "NOPE"
    assert "no project NOPE for this account; check the key" in failure.error
    assert keys(store) == ["PAY-1"]


def test_a_renamed_project_renames_its_issues(site, store, run):
    site.add(1, "PAY-1")
    run("PAY")
    site.later(hours=1)
    del site.projects["PAY"]
    site.projects["MONEY"] = "100"
    site.issues["1"] |= {"key": "MONEY-1"}
    site.issues["1"]["fields"]["project"]["key"] = "MONEY"
    assert run("100") == []  # as Jira answers under an old key
    assert keys(store) == ["MONEY-1"]
    assert store.load("projects")["key"].tolist() == ["MONEY"]


def test_a_renamed_status_keeps_its_history_and_a_dropped_one_is_gone_but_still_named_in_it(site, store, run):
    site.statuses["4"] = "Waiting"
    site.add(1, "PAY-1", status="3")
    site.change(1, "2026-03-01 11:00", field="status", fieldId="status", **{"from": "4", "to": "3"})
    run("PAY")
    assert set(store.load("statuses")["name"]) == {"Open", "Waiting", "In Progress", "Done"}
    site.later(days=1)
    del site.statuses["4"]
    site.statuses["3"] = "Doing"
    assert run("PAY") == []
    statuses = store.load("statuses").set_index("id")
    assert statuses["name"].to_dict() == {"1": "Open", "3": "Doing", "5": "Done"}
    changes = store.load("issue_changes")
    assert (changes.loc[0, "from_id"], changes.loc[0, "to_id"]) == ("4", "3")


def test_a_sprint_on_two_boards_is_one_row_under_the_board_it_was_made_on(site, store, run):
    site.boards = {"7": ["PAY"], "8": ["PAY", "CORE"]}
    sprint = {"id": 42, "name": "Sprint 1", "state": "active", "originBoardId": 7}
    site.sprints["42"] = (sprint, {"7", "8"})
    site.add(1, "PAY-1", customfield_1=[{"id": 42, "name": "Sprint 1", "state": "active", "boardId": 7}])
    assert run() == []
    sprints = store.load("sprints")
    assert sprints[["id", "board_id", "state"]].to_numpy().tolist() == [["42", "7", "active"]]
    assert store.load("boards")["columns"].tolist()[0] == [{"name": "Doing", "statuses": ["3"]}]


def test_a_sprint_that_ends_without_any_issue_changing_is_known_the_next_day(site, store, run):
    site.boards = {"7": ["PAY"]}
    site.sprints["42"] = ({"id": 42, "name": "Sprint 1", "state": "active", "originBoardId": 7}, {"7"})
    site.add(1, "PAY-1")
    run("PAY")
    site.sprints["42"][0]["state"] = "closed"
    site.later(hours=1)
    run("PAY")
    assert store.load("sprints")["state"].tolist() == ["active"]
    assert len(site.asked) <= 5
    site.later(days=1)
    run("PAY")
    assert store.load("sprints")["state"].tolist() == ["closed"]


def test_a_board_closed_to_the_account_costs_neither_the_others_nor_its_own_sprints(site, store, run):
    site.boards = {"7": ["PAY"], "8": ["PAY"]}
    for number, board in ((41, "7"), (42, "8")):
        site.sprints[str(number)] = ({"id": number, "state": "active", "originBoardId": int(board)}, {board})
    site.add(1, "PAY-1")
    run("PAY")
    site.later(days=1)
    site.forbidden = "/rest/agile/1.0/board/7/.*"
    assert run("PAY") == []
    assert sorted(store.load("sprints")["id"]) == ["41", "42"]
    assert store.load("boards")["points_field"].tolist() == ["customfield_3", "customfield_3"]


def test_a_site_without_boards_says_so_and_gives_its_issues(site, store, run):
    site.forbidden = "/rest/agile/.*"
    site.add(1, "PAY-1")
    assert run("PAY") == []
    assert keys(store) == ["PAY-1"]
    notes = {line.stream: line.error for line in record.status(store)}
    assert "no boards: " in notes["boards"]
    assert "forbidden (403)" in notes["sprints"]


def test_points_are_read_from_the_field_that_the_board_estimates_by(site, store, run):
    site.boards = {"7": ["PAY"]}
    site.add(1, "PAY-1", customfield_3=8)
    run("PAY")
    assert store.load("issues")["points"].tolist() == [8.0]


def test_worklogs_beyond_those_in_the_search_are_fetched(site, store, run):
    first = [{"id": str(n), "timeSpentSeconds": 60, "started": "2026-03-01T10:00:00.000+0000"} for n in range(20)]
    site.add(1, "PAY-1", worklog={"total": 25, "worklogs": first})
    assert run("PAY") == []
    assert store.count("worklogs") == 25


def test_a_link_taken_away_is_gone(site, store, run):
    link = {"id": "7", "type": {"inward": "is blocked by"}, "inwardIssue": {"id": "2", "key": "PAY-2"}}
    site.add(1, "PAY-1", issuelinks=[link])
    run("PAY")
    assert store.load("issue_links")["kind"].tolist() == ["is blocked by"]
    site.later(hours=1)
    site.add(1, "PAY-1", issuelinks=[], updated="2026-03-02T12:30:00.000+0000")
    run("PAY")
    assert store.load("issue_links").empty


def test_a_page_token_that_expired_starts_the_search_again_and_loses_nothing(site, store, run, monkeypatch):
    monkeypatch.setattr(issue_walk, "SEARCHES_A_PAGE", 1)
    for number in range(1, 8):
        site.add(number, f"PAY-{number}", when=f"2026-02-0{number}T10:00:00.000+0000")
    answer = JiraSite.search

    def breaks_down(self, query, body):
        token = query.get("nextPageToken")
        return (410, {"errorMessages": ["gone"]}) if token == "4" else answer(self, query, body)

    monkeypatch.setattr("jira_site.ANSWERS", [*_without_search(), ("/rest/api/3/search/jql", breaks_down)])
    assert len(run("PAY")) == 1
    assert store.count("issues") == 4
    monkeypatch.undo()
    monkeypatch.setenv("TEST_JIRA_TOKEN", "secret")
    site.expired.add(4)
    assert run("PAY") == []
    assert store.count("issues") == 7


def _without_search():
    import jira_site

    return [(pattern, reply) for pattern, reply in jira_site.ANSWERS if "search" not in pattern]


def test_only_what_changed_is_asked_for_again(site, store, run):
    for number in range(1, 6):
        site.add(number, f"PAY-{number}")
    run("PAY")
    site.later(hours=1)
    run("PAY")
    assert "/rest/api/3/changelog/bulkfetch" not in site.asked
    assert len(site.asked) <= 5
    site.later(hours=1)
    site.change(3, "2026-03-02 13:30", field="status", fieldId="status", **{"from": "1", "to": "3"})
    run("PAY")
    assert site.asked.count("/rest/api/3/changelog/bulkfetch") == 1
    assert store.load("issue_changes")["issue_id"].tolist() == ["3"]


def test_a_site_arrives_in_sqlite_and_in_postgresql_alike(site, any_url):
    store = Store.open(any_url)
    site.boards = {"7": ["PAY", "CORE"]}
    link = {"id": "7", "type": {"inward": "is blocked by"}, "inwardIssue": {"id": "2", "key": "PAY-2"}}
    site.add(1, "PAY-1", issuelinks=[link])
    site.add(2, "CORE-2")
    site.change(1, "2026-03-01 11:00", field="status", fieldId="status", **{"from": "1", "to": "3"})
    entry = Jira(url=site.url, projects=("PAY", "CORE"), token_env="TEST_JIRA_TOKEN", name="jira")
    assert sync(store, [(CONNECTOR, entry)], lambda: datetime.now(UTC), lambda until: None) == []
    counts = {table: store.count(table) for table in ("issues", "issue_changes", "issue_links", "boards", "statuses")}
    assert counts == {"issues": 2, "issue_changes": 1, "issue_links": 1, "boards": 1, "statuses": 3}


def test_since_leaves_out_what_was_not_touched_after_it(site, store):
    site.add(1, "PAY-1", when="2025-01-01T10:00:00.000+0000")
    site.add(2, "PAY-2")
    entry = Jira(url=site.url, projects=("PAY",), token_env="TEST_JIRA_TOKEN", name="jira")
    since = datetime(2026, 1, 1, tzinfo=UTC)
    for begin, expected in ((since, ["PAY-2"]), (since, ["PAY-2"]), (None, ["PAY-1", "PAY-2"])):
        site.later(hours=1)
        sync(store, [(CONNECTOR, entry)], lambda: datetime.now(UTC), lambda until: None, since=begin)
        assert keys(store) == expected
