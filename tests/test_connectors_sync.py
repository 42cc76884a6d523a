"""The one sync loop, with a small connector that fails, waits, dies and comes back on request."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from conftest import NOW, row

from connectors.base import AuthError, Connector, ConnectorError, Missing, Page, Scope, Settled, Stream
from connectors.sync import sync
from data import record
from data.errors import StoreError
from data.lock import AlreadyRunningError, whole_store
from data.store import Store


@dataclass
class Toy:
    """Two repositories; each page of pull requests is one day further back. What goes wrong is said by its fields."""

    name: str = "toy"
    scopes_of: tuple[str, ...] = ("acme/app", "acme/web")
    pages: int = 3
    refuses: bool = False
    missing: str = ""
    fails_at: tuple[str, int] | None = None
    waits: bool = False
    asked: list = field(default_factory=list)
    renamed: dict = field(default_factory=dict)


class Session:
    def __init__(self, toy, meter):
        if toy.refuses:
            raise AuthError("toy refuses the token; give it another")
        self.toy, self.meter = toy, meter

    def scopes(self):
        return [Scope("", name) for name in self.toy.scopes_of]


def repositories(session, scope, state):
    if scope.name == session.toy.missing:
        raise Missing(f"{scope.name} is not there, or not for this token")
    name = session.toy.renamed.get(scope.name, scope.name)
    known = Scope(f"id of {scope.name}", name)
    session.meter.spent(requests=1, points=1, points_left=99)
    yield Page(NOW, {"repositories": [{"id": known.id, "name": name}]}, high_water=NOW, scope=known)


def pull_requests(session, scope, state):
    first = state.cursor["page"] if state.cursor else 0
    for page in range(first, session.toy.pages):
        session.toy.asked.append((scope.name, page))
        if session.toy.waits:
            session.meter.wait(NOW + timedelta(hours=1), "quota")
        if session.toy.fails_at == (scope.name, page):
            raise ConnectorError("the server fell over; try again later")
        session.meter.spent(requests=1, points=2, points_left=97)
        day = NOW - timedelta(days=page)
        rows = [{"id": f"{scope.id}{page}", "repository_id": scope.id, "number": page, "updated_at": day}]
        more = {"page": page + 1} if page + 1 < session.toy.pages else None
        yield Page(NOW, {"pull_requests": rows}, cursor=more, high_water=NOW, oldest=day, expected=session.toy.pages)


CONNECTOR = Connector(
    "toy",
    "Toy",
    settings=lambda config: (),
    connect=lambda toy, meter, store: Session(toy, meter),
    streams=(Stream("repositories", repositories), Stream("pull_requests", pull_requests, ("reviews",))),
    check=lambda entry, config: iter(()),
)


def run(store, *toys, told=None, pause=lambda until: None, since=None):
    tell = told.append if told is not None else lambda progress: None
    return sync(store, [(CONNECTOR, toy) for toy in toys], lambda: NOW, pause, tell, since)


def lines(store):
    return {(line.scope, line.stream): line for line in record.status(store)}


def test_a_sync_fills_the_store_and_says_so(any_url):
    store = Store.open(any_url)
    assert run(store, Toy()) == []
    assert store.count("pull_requests") == 6
    line = lines(store)["acme/app", "pull_requests"]
    assert (line.complete, line.rows, line.oldest, line.synced_at) == (True, 3, NOW - timedelta(days=2), NOW)
    assert (line.cursor, line.error, line.requests, line.points, line.points_left) == (None, None, 3, 6, 97)
    assert lines(store)["acme/app", "reviews"].complete
    assert record.latest_run(store)["outcome"] == "complete"
    store.engine.dispose()


def test_all_repositories_reach_back_in_time_together(store):
    toy = Toy()
    run(store, toy)
    assert [page for _, page in toy.asked] == [0, 0, 1, 1, 2, 2]


def test_a_failing_repository_does_not_stop_the_others_and_goes_on_where_it_was(store):
    toy = Toy(fails_at=("acme/app", 1))
    failed = run(store, toy)
    assert [(p.scope, p.stream, p.error) for p in failed] == [
        ("acme/app", "pull_requests", "the server fell over; try again later")
    ]
    broken, fine = lines(store)["acme/app", "pull_requests"], lines(store)["acme/web", "pull_requests"]
    assert (broken.complete, broken.rows, broken.cursor, broken.error) == (False, 1, {"page": 1}, failed[0].error)
    assert fine.complete and record.latest_run(store)["outcome"] == "failed"
    again = replace(toy, fails_at=None, asked=[])
    assert run(store, again) == []
    assert [ask for ask in again.asked if ask[0] == "acme/app"] == [("acme/app", 1), ("acme/app", 2)]
    assert lines(store)["acme/app", "pull_requests"].error is None and store.count("pull_requests") == 6


def test_a_missing_repository_keeps_its_rows_and_says_why(store):
    run(store, Toy())
    failed = run(store, Toy(missing="acme/app"))
    assert [p.error for p in failed] == ["acme/app is not there, or not for this token"]
    assert store.count("pull_requests") == 6
    assert lines(store)["acme/app", "repositories"].error == failed[0].error


def test_a_refused_token_is_an_error_of_the_source_until_it_answers(store):
    failed = run(store, Toy(refuses=True), Toy(name="other"))
    assert [(p.source, p.scope, p.error) for p in failed] == [("toy", "*", "toy refuses the token; give it another")]
    assert store.count("pull_requests") == 6  # the other source is complete
    run(store, Toy())
    assert ("*", "repositories") not in lines(store)


def test_a_wait_is_a_state_with_an_end(store):
    told, during = [], []
    run(store, Toy(waits=True), told=told, pause=lambda until: during.append(lines(store)))
    assert NOW + timedelta(hours=1) in {line.waiting_until for line in during[0].values()}
    assert any(p.waiting_until and p.reason == "quota" for p in told)
    assert all(line.waiting_until is None for line in record.status(store))


def test_a_renamed_repository_keeps_its_rows_and_its_record(store):
    run(store, Toy())
    run(store, Toy(renamed={"acme/app": "acme/shop"}))
    assert store.count("pull_requests") == 6
    assert {scope for scope, _ in lines(store)} == {"acme/shop", "acme/web"}
    assert sorted(store.load("repositories")["name"]) == ["acme/shop", "acme/web"]


def test_a_walk_that_was_cut_short_by_a_date_is_not_complete(store):
    run(store, Toy(), since=NOW - timedelta(days=30))
    assert not lines(store)["acme/app", "pull_requests"].complete


def test_an_error_in_the_program_is_reported_like_any_other(store):
    def broken(session, scope, state):
        raise KeyError("nodes")
        yield

    connector = replace(CONNECTOR, streams=(*CONNECTOR.streams, Stream("issues", broken)))
    failed = sync(store, [(connector, Toy())], lambda: NOW, lambda until: None)
    assert {p.error for p in failed} == {"unexpected KeyError: 'nodes'"}
    assert store.count("pull_requests") == 6


def test_an_answer_that_nobody_foresaw_is_an_error_of_its_source_and_the_others_are_synced(store):
    class Strange(Session):
        def scopes(self):
            return [Scope("", name["full_name"]) for name in self.toy.scopes_of]  # it was said to be a list of objects

    strange = replace(CONNECTOR, connect=lambda toy, meter, store: Strange(toy, meter))
    sources = [(strange, Toy(name="strange")), (CONNECTOR, Toy())]
    (failed,) = sync(store, sources, lambda: NOW, lambda until: None)
    assert (failed.source, failed.scope) == ("strange", record.UNKNOWN_SCOPE)
    assert failed.error.startswith("unexpected TypeError: ")
    assert store.count("pull_requests") == 6


def test_a_page_that_could_not_be_stored_is_asked_for_again(store):
    """Its rows are refused, so the place from which the next sync goes on is the one before it."""

    def spoilt(session, scope, state):
        for page in pull_requests(session, scope, state):
            page.rows["pull_requests"][0]["number"] = "one" if page.rows["pull_requests"][0]["number"] == 1 else 0
            yield page

    connector = replace(CONNECTOR, streams=(CONNECTOR.streams[0], Stream("pull_requests", spoilt, ("reviews",))))
    toy = Toy(scopes_of=("acme/app",))
    (failed,) = sync(store, [(connector, toy)], lambda: NOW, lambda until: None)
    assert "expected int" in failed.error and store.count("pull_requests") == 1
    assert run(store, toy) == [] and store.count("pull_requests") == 3


def test_a_store_that_cannot_be_written_stops_the_sync(store, monkeypatch):
    def full(*_):
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "upsert", full)
    with pytest.raises(StoreError, match="disk is full"):
        run(store, Toy())


def test_children_that_are_no_longer_listed_are_marked_as_gone(store):
    run(store, Toy(pages=1))
    parent = {"repository_id": "id of acme/app", "pull_request_id": "id of acme/app0"}

    def reviews(session, scope, state):
        at = NOW + timedelta(hours=1)
        old = [row("reviews", **parent, id="kept", seen_at=at)] if session.toy.pages == 2 else []
        yield Page(at, {"reviews": old}, settled=[Settled("reviews", {"pull_request_id": ["id of acme/app0"]}, at)])

    with store.writing() as connection:
        for one in ("kept", "deleted"):
            store.upsert(connection, "reviews", [row("reviews", **parent, id=one, source="toy")])
    connector = replace(CONNECTOR, streams=(CONNECTOR.streams[0], Stream("reviews", reviews)))
    toy = Toy(pages=2, scopes_of=("acme/app",))
    assert sync(store, [(connector, toy)], lambda: NOW, lambda until: None) == []
    assert store.load("reviews")["id"].tolist() == ["kept"]
    assert len(store.load("reviews", gone=True)) == 2


def test_a_second_sync_of_a_file_is_refused_and_says_since_when(store):
    with (
        whole_store(store, NOW),
        pytest.raises(AlreadyRunningError, match="already running since 2026-11-21T12:00:00"),
        whole_store(store, NOW),
    ):
        pass
    with whole_store(store, NOW):
        pass
