"""A Jira site that is wrong, slow or gone is described in one line, and waited for where that helps."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from jira_site import serving

from connectors.base import AuthError, ConnectorError, Missing
from connectors.jira.client import BadRequest, Client
from connectors.jira.session import open_session
from data.settings import Jira
from data.store import Store

PAGE = b"<html><title>Sign in</title></html>"


class Watch:
    """A meter that only notes what it is told."""

    def __init__(self):
        self.requests, self.waits = 0, []

    def spent(self, requests=0, points=0, points_left=None):
        self.requests += requests

    def wait(self, until, reason):
        self.waits.append(((until - datetime.now(UTC)).total_seconds(), reason))


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("TEST_JIRA_TOKEN", "top-secret")


def ask(*answers, watch=None, path="rest/api/3/field"):
    """What a client makes of these answers, given one after the other; the last one for ever."""
    left = list(answers)
    with serving(lambda *question: left.pop(0) if len(left) > 1 else left[0]) as url:
        return Client(Jira(url=url, token_env="TEST_JIRA_TOKEN"), watch or Watch()).get(path)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((401, {"message": "no"}), AuthError, "Jira refuses the token; check TEST_JIRA_TOKEN"),
        ((200, [], {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}), AuthError, "Jira refuses the token"),
        ((403, PAGE, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE"}), AuthError, "Jira refuses the token"),
        ((403, {"errorMessages": ["No access."]}), Missing, "forbidden (403): No access.; give the account"),
        (
            (404, {"errorMessages": ["Gone fishing."]}),
            Missing,
            "not there, or not for this account (404): Gone fishing",
        ),
        ((410, {"errorMessages": ["Removed."]}), ConnectorError, "this part of Jira was removed (410): Removed."),
        ((400, {"errors": {"jql": "Bad JQL."}}), BadRequest, "not accepted (400): Bad JQL."),
        ((418, b"teapot"), ConnectorError, "unexpected answer (418)"),
        ((200, PAGE, {"Content-Type": "text/html"}), ConnectorError, "a web page came instead of data"),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(answer, kind, words):
    with pytest.raises(kind) as refused:
        ask(answer)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "top-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "trouble",
    [
        (500, b"<html>500</html>"),
        (503, b""),
        (200, b'[{"id": "stat'),  # whole by its length, but not JSON
        (200, b'[{"id": "stat', {"Content-Length": 900}),  # cut short of its length
        None,  # hung up
    ],
)
def test_a_passing_trouble_is_tried_again_after_a_growing_wait(trouble):
    watch = Watch()
    assert ask((200, ["first"]), watch=watch) == ["first"]
    assert ask(trouble, trouble, (200, ["ok"]), watch=watch) == ["ok"]
    first, second = (seconds for seconds, _ in watch.waits)
    assert 0 < first <= 0.5 < second <= 1.0
    assert watch.requests == 4


def test_a_trouble_that_stays_ends_in_one_line():
    watch = Watch()
    with pytest.raises(ConnectorError, match=r"an error on its side \(502\), 7 times in a row"):
        ask((502, b""), watch=watch)
    assert watch.requests == 7


def test_too_many_requests_waits_as_long_as_told_in_seconds_or_until_a_date():
    watch, now = Watch(), datetime.now(UTC)
    until = format_datetime(now + timedelta(seconds=90), usegmt=True)
    told = [(429, {}, {"Retry-After": "120"}), (429, {}, {"Retry-After": until}), (429, {})]
    assert ask(*told, (200, []), watch=watch) == []
    seconds = [wait for wait, _ in watch.waits]
    assert 118 < seconds[0] <= 120
    assert 86 < seconds[1] <= 91
    assert 38 < seconds[2] <= 40  # told nothing at the third attempt: 10 s, doubled twice
    assert watch.waits[0][1] == "Jira: too many requests for its quota"


def test_a_server_that_hangs_is_not_waited_for_and_asked_again(monkeypatch):
    monkeypatch.setattr("connectors.jira.client.TIMEOUT", (10.0, 0.5))
    watch, asked = Watch(), []

    def hangs_once(*question):
        asked.append(question)
        if len(asked) == 1:
            time.sleep(2)
        return 200, []

    with serving(hangs_once) as url:
        assert Client(Jira(url=url, token_env="TEST_JIRA_TOKEN"), watch).get("rest/api/3/field") == []
    assert watch.requests == 2 and len(watch.waits) == 1


def test_an_address_where_nothing_answers_is_said_at_once():
    watch = Watch()
    with pytest.raises(ConnectorError, match=r"nothing answers there; check \[\[jira\]\] url"):
        Client(Jira(url="http://127.0.0.1:9", token_env="TEST_JIRA_TOKEN"), watch).get("rest/api/2/serverInfo")
    assert watch.waits == []


def test_an_address_without_a_scheme_is_said_at_once():
    with pytest.raises(ValueError, match=r"'acme.example' is no address"):
        Jira(url="acme.example", token_env="TEST_JIRA_TOKEN")


def test_a_missing_token_names_its_variable():
    with pytest.raises(AuthError, match="set the environment variable TEST_NO_SUCH_TOKEN"):
        Client(Jira(url="https://acme.example", token_env="TEST_NO_SUCH_TOKEN"), Watch())


@pytest.mark.parametrize("answer", [(404, PAGE), (200, {"hello": "world"}), (200, [])])
def test_a_site_that_is_no_jira_is_told_apart(answer):
    with serving(lambda *question: answer) as url, pytest.raises(ConnectorError, match="no Jira answers there"):
        open_session(Jira(url=url, token_env="TEST_JIRA_TOKEN"), Watch(), Store.open("sqlite://"))
