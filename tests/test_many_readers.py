"""Two servers before one PostgreSQL, several people at each, and a sync that writes meanwhile.

benchmarks/readers.py is the same in a large size.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pytest
from app_server import Server, visit
from conftest import NOW, REPOSITORY, pull

from benchmarks.crowd import Place, crowd, sync
from data import record
from data.store import Store

PAGES = ("", "code_review", "coverage")
FIRST, AN_ANSWER, PAUSE = 200, 25, 0.5  # rows, rows an answer, seconds between two
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


def answers():
    """What a source that grows without end sends."""
    for number in count(FIRST, AN_ANSWER):
        yield {"pull_requests": [merged(one) for one in range(number, number + AN_ANSWER)]}


def elements(answers):
    return [answer.delta.new_element for answer in answers if answer.WhichOneof("type") == "delta"]


def counted(server):
    """The heading that says how many rows a figure counts."""
    shown = elements(visit(server.url, "figure", "indicator=pr_cycle_time&weeks=52"))
    return [one.heading.body for one in shown if one.heading.body.startswith("Counted")]


@pytest.mark.postgres
def test_everybody_is_served_while_a_sync_writes_and_both_servers_show_the_same_in_the_end(servers, store):
    stop = Event()
    people = [(server.url, _from(number)) for server in servers for number in range(len(PAGES))]
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(sync, store, NOW, answers(), stop, PAUSE)
        served = crowd(people, pause=0.5)
        stop.set()
        rows = FIRST + AN_ANSWER * writing.result()
    assert rows > FIRST
    assert Counter(one.place.page for one in served) == dict.fromkeys(PAGES, len(people))
    assert [one.wrong for one in served if one.wrong] == []
    assert store.count("pull_requests") == rows
    one, other = (counted(server) for server in servers)
    assert one == other and one, "no state of their own"


def _from(number):
    """All pages in turn, each reader beginning with another one."""
    return [Place(page) for page in (*PAGES[number:], *PAGES[:number])]
