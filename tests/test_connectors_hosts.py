"""How long a host is waited for: the patience itself, then Jira, GitHub and git each with a host that is gone."""

import re
import socket
from datetime import UTC, datetime

import pytest
from conftest import NOW
from jira_site import JiraSite, serving

from connectors.git import CONNECTOR as GIT
from connectors.git.session import Source
from connectors.github import CONNECTOR as GITHUB
from connectors.github.client import Client
from connectors.github.pace import Pace
from connectors.github.queries import Part
from connectors.hosts import GivenUpError, Host
from connectors.jira import CONNECTOR as JIRA
from connectors.sync import sync
from data import record
from data.settings import Git, GitHub, Jira


@pytest.fixture(autouse=True)
def tokens(monkeypatch):
    monkeypatch.setenv("TEST_TOKEN", "t")


def pauses(seconds):
    """The pauses after failures that take so long each, until it is enough; and all seconds together."""
    host, found = Host("x"), []
    while (pause := host.failed(seconds)) is not None:
        found.append(pause)
    return found, host.silent


@pytest.mark.parametrize(
    ("seconds", "found", "whole"),
    [
        (0.0, [0.5, 1, 2, 4, 8, 16], 31.5),  # refused at once: another 16 would be 47.5, more than 45
        (5.0, [0.5, 1, 2, 4], 32.5),  # no connection within 5 s: 8 more and 5 would be 45.5
        (10.0, [0.5, 1, 2], 43.5),  # 40 s of requests: 4 more and 10 would be 57.5
        (15.0, [0.5], 30.5),  # two requests: 1 more and 15 would be 46.5
        (20.0, [0.5], 40.5),
        (40.0, [], 40.0),  # a second one would end after 80
    ],
)
def test_a_host_that_brings_nothing_is_given_up_within_45_seconds(seconds, found, whole):
    assert pauses(seconds) == (found, whole)


def test_an_answer_makes_patience_whole_again():
    host = Host("x")
    for _ in range(100):
        assert host.failed(10.0) == 0.5
        host.answered()


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ([3600.0], None),
        ([3900.0], None),
        ([3901.0], "until 2026-11-21 13:05 UTC, and a sync waits no longer than 3900 s"),
        ([86400.0], "asks to be left alone until 2026-11-22 12:00 UTC"),
        ([1e300], "asks to be left alone until 2058"),
        ([60.0, 120.0, 240.0], None),
        ([3600.0, 3600.0], "asks to be left alone after waits of 3600 s in all until 2026-11-21 13:00 UTC"),
    ],
)
def test_what_a_host_asks_for_is_waited_for_an_hour_and_five_minutes_at_most(asked, last):
    host = Host("https://acme.example")

    def wait():
        return [host.limit(seconds, NOW) for seconds in asked]

    if last is None:
        assert (wait()[-1] - NOW).total_seconds() == asked[-1]
        return
    with pytest.raises(GivenUpError, match=re.escape(last)):
        wait()
    with pytest.raises(GivenUpError, match=re.escape(last)):  # nothing more is asked of it
        host.check()


# Pages that fail by chance, and pages that are too large --------------------------------------------------------------


class Quiet:
    """A meter that notes how long it should have waited."""

    def __init__(self):
        self.requests, self.seconds = 0, 0.0

    def spent(self, requests=0, points=0, points_left=None):
        self.requests += requests

    def wait(self, until, reason):
        self.seconds += (until - datetime.now(UTC)).total_seconds()


def read(fails, rows=537):
    """The requests and waits of a walk over so many rows; `fails(n, length)`: whether the n-th answer is none."""
    count = [0]

    def answer(path, query, body):
        length = int(found[1]) if (found := re.search(r"first: (\d+)", body["query"])) else 1
        count[0] += 1
        return (502, {}) if fails(count[0], length) else (200, {"data": {"viewer": length}})

    meter = Quiet()
    with serving(answer) as url:
        pace = Pace(Client(GitHub(base_url=url, repositories=("a/b",), token_env="TEST_TOKEN"), meter))
        while rows > 0:
            [(_, length)], _ = pace.ask(lambda size: {"viewer": Part(f"viewer(first: {size.page(25)})", 1)})
            rows -= length
    return meter.requests, meter.seconds, pace.size.level


@pytest.mark.parametrize("begun", [0, 5, 76, 142, 207, 779])
def test_every_seventh_eleventh_and_thirteenth_answer_that_fails_does_not_shrink_pages_for_ever(begun):
    """28 of 100 answers fail, wherever the count begins: 22 pages of 25 cost at most three times as many requests."""
    requests, seconds, _ = read(lambda n, length: any((n + begun) % every == 0 for every in (7, 11, 13)))
    assert requests <= 3 * 22 and seconds < 60


def test_a_server_that_bears_six_rows_is_asked_for_six_and_rarely_for_more():
    """90 pages of six, 3 failures on the way down, and a larger page tried after 4, 8, 16, 32 answers: 2 fail each."""
    requests, _, level = read(lambda n, length: length > 6)
    assert level == 2 and 90 <= requests <= 90 + 4 + 2 * 5


def test_a_stretch_that_is_too_heavy_is_left_behind():
    """Only the requests 5 to 8 are too large for more than 3 rows: the page is whole again some 16 answers later."""
    requests, _, level = read(lambda n, length: 5 <= n <= 8 and length > 3)
    assert level == 0 and requests <= 22 + 25


# Hosts that are gone, over HTTP ---------------------------------------------------------------------------------------


def entries(kind, url):
    """Three scopes of one host, as that kind of source has them."""
    if kind == "github":
        return [
            (GITHUB, GitHub(base_url=url, repositories=("a/x", "a/y", "a/z"), token_env="TEST_TOKEN", name="github"))
        ]
    if kind == "jira":
        return [(JIRA, Jira(url=url, projects=("A", "B", "C"), token_env="TEST_TOKEN", name="jira"))]
    return [(GIT, Source(Git(repository=f"a/{n}", url=f"{url}/a/{n}.git", name=f"git-{n}"))) for n in "xyz"]


def refused():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("kind", ["github", "jira", "git"])
@pytest.mark.parametrize(
    ("headers", "most"),
    [
        (None, 0),  # refused
        ({}, 8),  # 503 for ever: seven requests and, of GitHub, a small question
        ({"Retry-After": "86400"}, 1),  # a day: one request is enough
        ({"Retry-After": "5"}, 8),  # 5, 5, 5, 5, 8 and 16 s would be 44: the seventh request is the last
    ],
    ids=["refused", "503", "503 and a day", "503 and five seconds"],
)
def test_a_host_that_is_gone_costs_few_requests_and_one_line_for_all_of_its_scopes(store, kind, headers, most):
    asked = []

    def answer(path, query, body):
        asked.append(path)
        return 503, b"", headers

    with serving(answer) as url:
        failed = sync(store, entries(kind, refused() if headers is None else url), lambda: NOW, lambda until: None)
    (line,) = failed
    assert line.scope == record.UNKNOWN_SCOPE and "127.0.0.1" in line.error
    assert len(asked) <= (8 if kind == "git" and headers else most)  # git does not tell what a server asks for


def test_a_host_that_dies_half_way_is_one_line_and_the_next_sync_goes_on(store):
    site, asked = JiraSite(), []
    for number in range(1, 6):
        site.add(number, f"PAY-{number}")
        site.add(10 + number, f"CORE-{number}")

    def answer(path, query, body):
        asked.append(path)
        return site.answer(path, query, body) if len(asked) <= lives else (503, b"")

    with serving(answer, lambda: site.clock) as url:
        entry = Jira(url=url, token_env="TEST_TOKEN", projects=("PAY", "CORE"), name="jira")
        lives = 8
        (line,) = sync(store, [(JIRA, entry)], lambda: NOW, lambda until: None)
        assert line.scope == record.UNKNOWN_SCOPE and "7 times in a row; given up for this sync" in line.error
        assert len(asked) == lives + 7 + 1  # one small question tells that it is gone
        lives = 10_000
        assert sync(store, [(JIRA, entry)], lambda: NOW, lambda until: None) == []
    assert len(store.load("issues")) == 10
    assert [line.error for line in record.status(store) if line.error] == []


def test_a_question_that_is_never_answered_fails_alone_where_the_host_lives(store):
    site = JiraSite()
    site.add(1, "PAY-1")
    site.add(11, "CORE-1")

    def answer(path, query, body):
        is_poison = path.endswith("/search/jql") and "project = 100" in query["jql"]
        return (502, b"") if is_poison else site.answer(path, query, body)

    with serving(answer, lambda: site.clock) as url:
        entry = Jira(url=url, token_env="TEST_TOKEN", projects=("PAY", "CORE"), name="jira")
        (line,) = sync(store, [(JIRA, entry)], lambda: NOW, lambda until: None)
    assert (line.scope, line.stream) == ("PAY", "issues") and "an error on its side (502)" in line.error
    assert list(store.load("issues")["key"]) == ["CORE-1"]


def test_one_dead_host_of_two_leaves_the_other_complete(store):
    site = JiraSite()
    site.add(1, "PAY-1")
    with serving(site.answer, lambda: site.clock) as url:
        alive = Jira(url=url, token_env="TEST_TOKEN", projects=("PAY",), name="jira")
        (line,) = sync(store, [*entries("git", refused()), (JIRA, alive)], lambda: NOW, lambda until: None)
    assert "nothing answers there; check [[git]] url" in line.error
    assert list(store.load("issues")["key"]) == ["PAY-1"]
