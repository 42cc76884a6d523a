"""Two servers before one PostgreSQL, several people at each, and a sync that writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from app_server import Server, visit
from conftest import NOW, REPOSITORY, pull

from data import record
from data.store import Store

PAGES = ("", "code_review", "coverage")
FIRST = 200
STATE = {"complete": True, "high_water": NOW, "synced_at": NOW, "oldest": None, "scope_id": None}


def merged(number):
    day = f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}"
    return pull(number, f"{day} 09:00", merged_at=f"{day} 15:00", closed_at=f"{day} 15:00")


@pytest.fixture
def store(server_url):
    store = Store.open(server_url)
    run = record.start_run(store, NOW)
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", [merged(number) for number in range(FIRST)])
        streams = ["repositories", "pull_requests", "reviews", "review_comments"]
        record.save_state(store, connection, "github", streams, "acme/app", STATE)
        record.rows_arrived(connection, run)
    record.finish_run(store, run, NOW, "complete")
    yield store
    store.engine.dispose()


@pytest.fixture
def servers(server_url, tmp_path, store):
    running = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        running.append(Server(tmp_path / name, server_url, NOW.isoformat()))
    yield running
    for server in running:
        server.stop()


def sync(store, stop):
    """Pages of pull requests, until it is told to stop; how many there are in the end."""
    run, number = record.start_run(store, NOW), FIRST
    while not stop.is_set():
        with store.writing() as connection:
            store.upsert(connection, "pull_requests", [merged(one) for one in range(number, number + 25)])
            record.rows_arrived(connection, run)
        number += 25
        stop.wait(0.05)
    record.finish_run(store, run, NOW, "complete")
    return number


def elements(answers):
    return [answer.delta.new_element for answer in answers if answer.WhichOneof("type") == "delta"]


def counted(server):
    """The heading that says how many rows a figure counts."""
    shown = elements(visit(server.url, "figure", "indicator=pr_cycle_time&weeks=52"))
    return [one.heading.body for one in shown if one.heading.body.startswith("Counted")]


@pytest.mark.postgres
def test_everybody_is_served_while_a_sync_writes_and_both_servers_show_the_same_in_the_end(servers, store):
    stop, people = Event(), [(server.url, page) for server in servers for page in PAGES]
    with ThreadPoolExecutor(len(people) + 1) as pool:
        writing = pool.submit(sync, store, stop)
        served = list(pool.map(lambda who: visit(*who), people))
        stop.set()
        rows = writing.result()
    assert rows > FIRST
    for answers in served:
        assert elements(answers) and not [one for one in elements(answers) if one.WhichOneof("type") == "exception"]
    assert store.count("pull_requests") == rows
    one, other = (counted(server) for server in servers)
    assert one == other and one, "no state of their own"
