"""Whole syncs of a small repository: what is stored, resumed, asked for again, and never lost."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from github_repository import ANA, NEWEST, Repository, iso, listed, pull
from github_server import Answered, GitHubServer

from connectors.github import CONNECTOR
from connectors.sync import Progress, sync
from data import record
from data.settings import GitHub
from data.store import Store


def comment(number: int) -> Any:
    return {"__typename": "IssueComment", "fullDatabaseId": str(number), "createdAt": iso(NEWEST), "author": ANA}


def review(number: int, author: Any = ANA) -> Any:
    made = {"fullDatabaseId": str(number), "state": "APPROVED", "submittedAt": iso(NEWEST), "url": f"u{number}"}
    return made | {"author": author, "commit": {"oid": "c1"}}


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[Callable[..., Callable[..., list[Progress]]]]:
    """Serve a repository; what comes back runs one sync into the store."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    servers: list[GitHubServer] = []

    def start(repository: Repository) -> Callable[..., list[Progress]]:
        server = GitHubServer(repository.answer)
        servers.append(server)
        settings = GitHub(base_url=server.url, repositories=("acme/app",), name="github")
        clock = lambda: datetime.now(UTC)  # noqa: E731
        return lambda since=None: sync(store, [(CONNECTOR, settings)], clock, lambda until: None, since=since)

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


def errors(store: Store) -> list[str]:
    return [line.error for line in record.status(store) if line.error]


def numbers(store: Store) -> list[int]:
    return sorted(store.load("pull_requests")["number"])


def test_all_pages_arrive_newest_first_and_a_quiet_repository_costs_two_requests(serve, store) -> None:
    repository = Repository([pull(n) for n in range(1, 6)])
    run = serve(repository)
    assert run() == []
    assert numbers(store) == [1, 2, 3, 4, 5]
    assert store.load("pull_requests")["is_complete"].all()
    asked = len(repository.queries)
    assert run() == []
    assert len(repository.queries) == asked + 1  # and one request to REST for workflow runs


def test_a_second_sync_reads_only_what_changed(serve, store) -> None:
    repository = Repository([pull(n) for n in range(1, 9)])
    run = serve(repository)
    run()
    asked = len(repository.queries)
    changed = pull(7) | {"title": "Wider still", "updatedAt": iso(NEWEST + timedelta(days=1))}
    repository.pulls = [changed, *(each for each in repository.pulls if each["number"] != 7)]
    run()
    titles = store.load("pull_requests").set_index("number")["title"]
    assert titles[7] == "Wider still"
    assert len(repository.queries) == asked + 3  # the repository; the change and 1; 2 and 3, which are older


def test_since_cuts_the_walk_and_a_later_sync_without_it_reads_the_rest(serve, store) -> None:
    run = serve(Repository([pull(n) for n in range(1, 9)]))
    run(NEWEST - timedelta(days=3, hours=12))
    assert numbers(store) == [1, 2, 3]
    reached = {line.stream: line.oldest for line in record.status(store)}
    assert reached["pull_requests"] == NEWEST - timedelta(days=3, hours=12)
    run()
    assert numbers(store) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_more_than_a_page_of_reviews_and_of_the_timeline_is_fetched(serve, store) -> None:
    first = pull(
        1,
        reviews=listed([review(1)], 2, "r1"),
        timelineItems=listed([comment(1)], 3, "t1", "filteredCount"),
    )
    repository = Repository([first])
    repository.more = {
        "reviews(": lambda text: {"reviews": listed([review(2)], 2)},
        # behind a cursor, GitHub counts what is left
        "timelineItems(": lambda text: {"timelineItems": listed([comment(2), comment(3)], 2, name="filteredCount")},
        "labels(": lambda text: {
            "labels": listed([{"name": "bug"}]),
            "assignees": listed([{"login": "ben", "__typename": "User", "databaseId": 2}]),
            "closingIssuesReferences": listed([]),
        },
    }
    serve(repository)()
    assert (store.count("reviews"), store.count("comments")) == (2, 3)
    [row] = store.load("pull_requests").to_dict("records")
    assert row["is_complete"] and row["labels"] == ["bug"] and row["assignees"] == ["ben"]


def test_threads_longer_than_a_page_are_read_to_the_end(serve, store) -> None:
    def inline(number: int) -> Any:
        return {
            "fullDatabaseId": str(number),
            "path": "a.py",
            "createdAt": iso(NEWEST),
            "author": None,
            "pullRequestReview": None,
        }

    repository = Repository([pull(1, reviewThreads={"totalCount": 2})])
    threads = [{"id": "T1", "comments": listed([inline(1)], 2, "c1")}, {"id": "T2", "comments": listed([inline(3)])}]
    repository.more = {
        "reviewThreads(": lambda text: {"reviewThreads": listed(threads)},
        'node(id: "T1")': lambda text: {"comments": listed([inline(2)], 2)},
    }
    serve(repository)()
    assert sorted(store.load("review_comments")["id"]) == ["1", "2", "3"]
    assert store.load("pull_requests")["is_complete"].all()


def test_what_does_not_add_up_is_asked_for_again_once_and_then_at_the_next_sync(serve, store) -> None:
    short = pull(1, reviews=listed([review(1)], 2))
    repository = Repository([short])
    repository.more = {"...PullRequest ": lambda text: short}
    run = serve(repository)
    assert run() == []
    assert not store.load("pull_requests")["is_complete"].any()
    assert "the next sync tries again" in errors(store)[0]
    asked = sum("more0" in query for query in repository.queries)
    assert asked == 1
    repository.more = {"...PullRequest ": lambda text: pull(1, reviews=listed([review(1), review(2)]))}
    run()
    assert store.load("pull_requests")["is_complete"].all() and store.count("reviews") == 2
    assert errors(store) == []


def test_a_list_that_is_refused_leaves_the_rest_and_a_note(serve, store) -> None:
    repository = Repository([pull(1, reviews=None), pull(2)])
    repository.errors = [{"type": "FORBIDDEN", "message": "Resource not accessible"}]
    repository.more = {"...PullRequest ": lambda text: pull(1, reviews=None)}
    serve(repository)()
    complete = store.load("pull_requests").set_index("number")["is_complete"]
    assert complete.to_dict() == {1: False, 2: True}
    assert any("Resource not accessible" in error for error in errors(store))


def test_a_review_that_is_gone_upstream_is_marked(serve, store) -> None:
    repository = Repository([pull(1, reviews=listed([review(1), review(2)]))])
    run = serve(repository)
    run()
    changed = pull(1, reviews=listed([review(2)])) | {"updatedAt": iso(NEWEST + timedelta(days=1))}
    repository.pulls = [changed]
    with store.writing() as connection:  # the clock of HTTP has whole seconds: let the first copy be older
        connection.exec_driver_sql("update reviews set seen_at = seen_at - 2000000")
    run()
    assert list(store.load("reviews")["id"]) == ["2"]
    assert len(store.load("reviews", gone=True)) == 2


def test_a_pull_request_that_is_gone_upstream_is_marked_not_dropped(serve, store) -> None:
    repository = Repository([pull(n) for n in range(1, 5)])
    run = serve(repository)
    run()
    with store.writing() as connection:
        connection.exec_driver_sql("update pull_requests set seen_at = seen_at - 2000000")
    repository.pulls = [each for each in repository.pulls if each["number"] != 3]
    asked = len(repository.queries)
    run()
    assert numbers(store) == [1, 2, 4]
    assert len(store.load("pull_requests", gone=True)) == 4
    assert len(repository.queries) == asked + 2
    run()
    assert len(repository.queries) == asked + 3  # found once, not looked for again


def test_a_stale_cursor_begins_the_walk_anew(serve, store) -> None:
    repository = Repository([pull(n) for n in range(1, 6)])
    repository.length = 1
    repository.is_stale = True
    assert serve(repository)() == []
    assert numbers(store) == [1, 2, 3, 4, 5]


def test_a_walk_that_broke_off_goes_on_and_then_reads_what_changed_meanwhile(serve, store) -> None:
    class BreaksOff(Repository):
        breaks_at: int | None = 6

        def answer(self, path: str, body: Any) -> Answered:
            if body and self.breaks_at is not None and f'after: "{self.breaks_at}"' in body["query"]:
                return Answered(400, {"message": "broken"})
            return super().answer(path, body)

    repository = BreaksOff([pull(n) for n in range(1, 9)])
    run = serve(repository)
    [failed] = run()
    assert "broken" in (failed.error or "")
    assert numbers(store) == [1, 2, 3, 4, 5, 6]
    repository.breaks_at = None
    repository.pulls = [pull(9) | {"updatedAt": iso(NEWEST + timedelta(days=1))}, *repository.pulls]
    repository.queries.clear()
    assert run() == []
    assert numbers(store) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [bool(re.search(r'pullRequests\([^)]*after: "6"', query)) for query in repository.queries[:2]] == [
        False,
        True,
    ]


def test_a_renamed_repository_keeps_its_rows_and_its_record(serve, store) -> None:
    repository = Repository([pull(1)])
    run = serve(repository)
    run()
    repository.name = "acme/renamed"
    asked = len(repository.queries)
    run()
    assert list(store.load("repositories")["name"]) == ["acme/renamed"]
    assert {line.scope for line in record.status(store)} == {"acme/renamed"}
    assert numbers(store) == [1]
    assert len(repository.queries) == asked + 1  # nothing was read again


def test_a_repository_that_is_not_there_keeps_what_is_stored(serve, store) -> None:
    repository = Repository([pull(1)])
    run = serve(repository)
    run()
    repository.is_there = False
    [failed] = run()
    assert "no such repository, or not for this token" in (failed.error or "")
    assert numbers(store) == [1]


def test_a_deleted_author_is_stored_as_nobody(serve, store) -> None:
    serve(Repository([pull(1, author=None, reviews=listed([review(1, author=None)]))]))()
    assert store.load("pull_requests")["author"].isna().all()
    assert store.load("reviews")["reviewer_id"].isna().all()


def run_of(number: int, status: str = "completed", attempt: int = 1) -> Any:
    moment = iso(NEWEST - timedelta(minutes=number))
    return {"id": number, "created_at": moment, "updated_at": moment, "status": status, "run_attempt": attempt}


def test_more_than_a_thousand_workflow_runs_are_read_without_a_high_page_number(serve, store) -> None:
    repository = Repository([])
    repository.runs = [run_of(n) for n in range(1250)]
    assert serve(repository)() == []
    assert store.count("workflow_runs") == 1250


def test_more_runs_in_one_second_than_a_page_holds_are_all_read(serve, store) -> None:
    repository = Repository([])
    repository.runs = [run_of(1) | {"id": number} for number in range(230)] + [run_of(999)]
    assert serve(repository)() == []
    assert store.count("workflow_runs") == 231


def test_a_run_that_ran_again_is_read_again(serve, store) -> None:
    repository = Repository([])
    repository.runs = [run_of(1), run_of(2, "in_progress")]
    run = serve(repository)
    run()
    repository.runs = [run_of(1), run_of(2, "completed", attempt=2)]
    run()
    assert dict(zip(*(store.load("workflow_runs")[name] for name in ("id", "attempt")), strict=True)) == {
        "1": 1,
        "2": 2,
    }


def test_the_recorded_pull_requests_are_complete_with_their_threads(serve, store) -> None:
    payloads = Path(__file__).parent / "payloads" / "github"
    repository = Repository([json.loads((payloads / "pull_request_161.json").read_text())])
    threads = json.loads((payloads / "review_threads_161.json").read_text())
    repository.more = {"reviewThreads(": lambda text: threads}
    serve(repository)()
    assert store.load("pull_requests")["is_complete"].all()
    assert store.count("review_comments") == sum(
        thread["comments"]["totalCount"] for thread in threads["reviewThreads"]["nodes"]
    )
