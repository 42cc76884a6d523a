"""Workers that share a server: real processes, a real PostgreSQL, and one worker that is killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update
from sync_worker import CONNECTOR, NOW, PAGES, REPOSITORIES, ROWS, Entry, Session, pull_requests

from connectors.base import Scope, Stream
from connectors.sync import sync
from data import leases, record, schema
from data.leases import LostLeaseError, Worker
from data.store import Store

pytestmark = pytest.mark.postgres
SCRIPT = Path(__file__).parent / "builders" / "sync_worker.py"


@pytest.fixture
def server(server_url):
    store = Store.open(server_url)
    yield store
    store.engine.dispose()


def started(url, name, seconds):
    environment = os.environ | {"PLUMBLINE_STORE": url}
    command = [sys.executable, str(SCRIPT), name, str(seconds)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fetched(printed):
    """(repository, page) of every answer, and when each request was under way."""
    words = [line.split() for line in printed.splitlines() if line.startswith(("asks", "has"))]
    answers = [(scope, what) for verb, scope, what, _ in words if verb == "has"]
    return answers, [float(moment) for *_, moment in words]


def test_three_workers_finish_twelve_repositories_though_one_is_killed(server, server_url):
    workers = [started(server_url, name, 0.05) for name in "abc"]
    killed, *others = workers
    lines = []
    while sum(line.startswith("has") for line in lines) < 8:  # half-way through its share, in the middle of a request
        lines.append(killed.stdout.readline())
    while not lines[-1].startswith("asks"):
        lines.append(killed.stdout.readline())
    killed.send_signal(signal.SIGKILL)
    printed = ["".join(lines) + killed.communicate()[0]]
    assert killed.returncode == -signal.SIGKILL
    waited_for = [line.split()[1:3] for line in printed[0].splitlines() if line.startswith("asks")][-1]
    for worker in others:
        out, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
        printed.append(out)

    rows = server.load("pull_requests", ["repository_id", "number"])
    assert len(rows) == len(REPOSITORIES) * PAGES * ROWS and not rows.duplicated().any()
    status = {line.scope: line for line in record.status(server) if line.stream == "pull_requests"}
    assert set(status) == set(REPOSITORIES) and all(line.complete and line.error is None for line in status.values())

    answers, times = zip(*map(fetched, printed), strict=True)
    pages = Counter(page for some in answers for page in some if page[1] != "name")
    twice = [page for page, times_asked in pages.items() if times_asked > 1]
    assert len(pages) == len(REPOSITORIES) * PAGES
    assert twice in ([], [tuple(waited_for)]) and max(pages.values()) <= 2  # an answer that came and was not stored
    assert all(len(some) > 8 for some in answers[1:])  # both of the others took their share
    assert server.load("leases", ["holder"])["holder"].isna().all()  # what it held was taken over and given back

    turns = sorted((asked, had) for some in times for asked, had in zip(some[::2], some[1::2], strict=False))
    assert all(had <= asked for (_, had), (asked, _) in pairwise(turns))  # one request at a time


def test_a_second_sync_looks_again_and_fetches_no_row_twice(server, capsys):
    for expected in (len(REPOSITORIES) * (PAGES + 2), len(REPOSITORIES)):  # looked up in each of two turns, then once
        assert sync(server, [(CONNECTOR, Entry("a", 0))], lambda: NOW, lambda until: None) == []
        assert len(fetched(capsys.readouterr().out)[0]) == expected


def test_the_last_weeks_of_every_repository_come_before_the_history_of_any(server, capsys):
    sync(server, [(CONNECTOR, Entry("a", 0))], lambda: NOW, lambda until: None)
    pages = [what for _, what in fetched(capsys.readouterr().out)[0] if what != "name"]
    recent = len(REPOSITORIES) * 5  # five pages of three weeks go back beyond thirteen weeks
    assert set(pages[recent:]) == {"page5"} and "page5" not in pages[:recent]


def test_a_worker_that_was_taken_for_dead_can_store_nothing_any_more(server, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.4))
    monkeypatch.setattr(Worker, "_beat", lambda self: None)  # it hangs
    hung, other = Worker(server, "toy", ["acme/app"]), Worker(server, "toy", ["acme/app"])
    of_hung, of_other = hung.turns(), other.turns()
    assert next(of_hung).scopes == next(of_other).scopes == ("acme/app",)  # the other one waited until it ran out
    with pytest.raises(LostLeaseError), server.writing() as connection:
        hung.keep(connection)
    with server.writing() as connection:
        other.keep(connection)
    of_hung.close()
    with server.writing() as connection:
        other.keep(connection)  # what was lost is not given back by the one that lost it
    of_other.close()


def test_a_worker_leaves_to_the_living_what_they_have(server, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.8))
    busy = Worker(server, "toy", ["acme/app"]).turns()
    next(busy)
    assert list(Worker(server, "toy", ["acme/app"]).turns()) == []
    busy.close()


def test_a_page_of_a_worker_that_lost_its_lease_is_not_stored(server, monkeypatch):
    """Somebody takes it over while the first page is fetched; once they have gone, the worker begins again."""
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.4))
    stored = []

    class One(Session):
        def scopes(self):
            return [Scope("", REPOSITORIES[0])]

    def robbed(session, scope, state):
        stored.append(session.store.count("pull_requests"))
        for page in pull_requests(session, scope, state):
            if len(stored) == 1:
                with session.store.writing() as connection:
                    connection.execute(update(schema.leases).values(holder="another"))
            yield page

    connector = replace(CONNECTOR, connect=One, streams=(CONNECTOR.streams[0], Stream("pull_requests", robbed)))
    assert sync(server, [(connector, Entry("a", 0))], lambda: NOW, lambda until: None) == []
    assert stored[:2] == [0, 0]
    assert server.count("pull_requests") == PAGES * ROWS
