"""The traps of GitHub's API, each from a real server on this machine: limits, half answers, refusals."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from github_server import QUOTA, Answered, GitHubServer, Watch, data

from connectors.base import AuthError, ConnectorError, Finding, Missing
from connectors.github.check import check
from connectors.github.client import Client, StaleCursorError, TooHeavyError
from connectors.github.pace import Pace
from connectors.github.queries import Part, Size
from connectors.hosts import GivenUpError
from data.config import Config
from data.settings import GitHub

TOKEN = "github_pat_secret"
VIEWER = {"viewer": Part("viewer { login }", 0)}


def refused(kind: str, message: str = "No.", **parts: Any) -> Answered:
    found = {"rateLimit": QUOTA, **parts} if parts else None
    return Answered(body={"data": found, "errors": [{"type": kind, "message": message}]})


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def connect(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Client]]:
    """A client of a server that gives these answers in turn, the last one for ever."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    servers: list[GitHubServer] = []

    def start(*answers: Answered | Callable[[str, Any], Answered]) -> Client:
        left = list(answers)

        def answer(path: str, body: Any) -> Answered:
            current = left.pop(0) if len(left) > 1 else left[0]
            return current(path, body) if callable(current) else current

        server = GitHubServer(answer)
        servers.append(server)
        client = Client(GitHub(base_url=server.url, repositories=("acme/app",)), watch)
        client.server = server  # type: ignore[attr-defined]
        return client

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


def in_seconds(seconds: int) -> str:
    return str(int((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()))


ANA = data(viewer={"login": "ana"})


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_rate_limit_inside_a_200_is_waited_out_until_the_reset(connect, watch, kind) -> None:
    limited = refused(kind)
    limited.headers = {"X-RateLimit-Reset": in_seconds(90), "X-RateLimit-Remaining": "0"}
    assert connect(limited, ANA).ask(VIEWER).data["viewer"] == {"login": "ana"}
    assert watch.waited_once(90) and watch.waits[0][1] == "GitHub's quota"


def test_a_secondary_limit_is_waited_out_fully(connect, watch) -> None:
    limited = Answered(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "45"})
    connect(limited, ANA).ask(VIEWER)
    assert watch.waits == [(45, "GitHub's limit on bursts")]


def test_a_secondary_limit_that_names_no_time_costs_growing_minutes(connect, watch) -> None:
    limited = Answered(403, {"message": "You have exceeded a secondary rate limit."})
    connect(limited, limited, limited, ANA).ask(VIEWER)
    assert watch.seconds == [60, 120, 240]


def test_a_429_without_retry_after_is_waited_out_too(connect, watch) -> None:
    connect(Answered(429, {"message": "slow down"}), ANA).ask(VIEWER)
    assert watch.seconds == [60]


def test_a_503_that_says_when_to_come_back_is_believed(connect, watch) -> None:
    connect(Answered(503, "busy", {"Retry-After": "7"}), ANA).ask(VIEWER)
    assert watch.seconds == [7]


def test_retry_after_may_be_a_date(connect, watch) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=30)
    connect(Answered(429, "", {"Retry-After": format_datetime(moment, usegmt=True)}), ANA).ask(VIEWER)
    assert watch.waited_once(30)


def test_both_a_retry_after_and_a_reset_are_kept(connect, watch) -> None:
    headers = {"Retry-After": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in_seconds(200)}
    connect(Answered(403, {"message": "API rate limit exceeded"}, headers), ANA).ask(VIEWER)
    assert watch.waited_once(200)


def test_limits_without_end_are_given_up_in_words(connect) -> None:
    with pytest.raises(ConnectorError, match=r"asks to be left alone after waits of 3600 s in all until .* UTC"):
        connect(Answered(429, {"message": "no"})).ask(VIEWER)


def test_a_query_dearer_than_what_is_left_waits_before_it_is_sent(connect, watch) -> None:
    resets = (datetime.now(UTC) + timedelta(seconds=600)).isoformat()
    client = connect(data({**QUOTA, "remaining": 1, "resetAt": resets}, viewer=None), ANA)
    client.ask(VIEWER)
    assert watch.waits == []
    client.ask({"viewer": Part("viewer { login }", 200)})  # 200 units are 2 points, and 1 is left
    assert watch.waited_once(600) and watch.waits[0][1] == "GitHub's quota"


def test_the_time_until_the_reset_is_reckoned_on_the_servers_clock(connect, watch) -> None:
    wrong = format_datetime(datetime(2020, 1, 1, 12, tzinfo=UTC), usegmt=True)

    def late(path: str, body: Any) -> Answered:
        return Answered(
            403,
            {"message": "API rate limit exceeded"},
            {
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": str(int(datetime(2020, 1, 1, 12, 1, tzinfo=UTC).timestamp())),
                "X-Clock": wrong,
            },
        )

    client = connect(late, ANA)
    client._send = _with_date(client._send, wrong)  # type: ignore[method-assign]
    client.ask(VIEWER)
    assert watch.seconds == [60]


def test_points_come_back_at_a_time_of_the_servers_clock(connect, watch) -> None:
    # There it is noon, ten minutes before they come back; here it is years later.
    quota = {**QUOTA, "remaining": 1, "resetAt": "2020-01-01T12:10:00Z"}
    client = connect(data(quota, viewer=None), ANA)
    noon = format_datetime(datetime(2020, 1, 1, 12, tzinfo=UTC), usegmt=True)
    client._send = _with_date(client._send, noon)  # type: ignore[method-assign]
    client.ask(VIEWER)
    client.ask({"viewer": Part("viewer { login }", 200)})
    assert watch.waited_once(600) and watch.waits[0][1] == "GitHub's quota"


def _with_date(send: Any, date: str) -> Any:
    from dataclasses import replace

    return lambda *given: (lambda reply: replace(reply, headers={**reply.headers, "date": date}))(send(*given))


def test_a_server_without_limits_has_no_quota(connect, watch) -> None:
    answer = connect(data(quota=None, viewer={"login": "ana"})).ask({"viewer": Part("viewer { login }", 149)})
    assert answer.data["viewer"]["login"] == "ana"
    assert (watch.requests, watch.points, watch.points_left) == (1, 1, None)


def test_what_is_refused_in_part_is_salvaged_and_said(connect) -> None:
    answer = connect(refused("FORBIDDEN", "Resource not accessible", viewer={"login": "ana"}, other=None)).ask(VIEWER)
    assert answer.data["viewer"] == {"login": "ana"}
    assert answer.note == "GitHub left something out: Resource not accessible"


def test_what_is_not_there_comes_back_as_none_without_a_note(connect) -> None:
    answer = connect(Answered(body={"data": {"viewer": None}, "errors": [{"type": "NOT_FOUND", "message": "no"}]}))
    assert (found := answer.ask(VIEWER)).data["viewer"] is None and found.note is None


def test_a_refused_token_is_named_by_its_variable_and_never_shown(connect) -> None:
    with pytest.raises(AuthError, match=r"\$GITHUB_TOKEN") as error:
        connect(Answered(401, {"message": "Bad credentials"})).ask(VIEWER)
    assert TOKEN not in str(error.value)


def test_a_missing_token_is_said_before_anything_is_sent(monkeypatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    with pytest.raises(AuthError, match=r"no token in \$GITHUB_TOKEN"):
        Client(GitHub(repositories=("acme/app",)), Watch())


def test_an_enterprise_server_needs_its_path(monkeypatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with pytest.raises(ConnectorError, match="lacks the path of a GitHub Enterprise Server"):
        Client(GitHub(base_url="https://git.acme.example", repositories=("acme/app",)), Watch())
    client = Client(GitHub(base_url="https://git.acme.example/api/v3", repositories=("acme/app",)), Watch())
    assert client.requester.graphql_url == "https://git.acme.example/api/graphql"


def test_a_key_that_is_none_of_an_app_is_said_in_words(connect, monkeypatch, watch) -> None:
    monkeypatch.setenv("APP_KEY", "not a key")
    settings = GitHub(
        base_url=connect(ANA).settings.base_url,
        repositories=("acme/app",),
        app_id=1,
        installation_id=2,
        private_key_env="APP_KEY",
    )
    with pytest.raises(AuthError, match=r"\$APP_KEY holds no private key") as error:
        Client(settings, watch).ask(VIEWER)
    assert "not a key" not in str(error.value)


@pytest.mark.parametrize(
    "answered",
    [
        Answered(502, {"message": "Server Error"}),
        Answered(200, "<html>a proxy</html>"),
        Answered(200, {"data": {"viewer": {"login": "a" * 500}}}, cut=40),
        Answered(200, {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}),
    ],
    ids=["502", "html", "cut", "timeout"],
)
def test_a_broken_answer_is_asked_for_again(connect, watch, answered) -> None:
    [(_, found)], _ = Pace(connect(answered, ANA)).ask(lambda size: VIEWER)
    assert found == {"login": "ana"}
    assert watch.requests == 2


def test_a_server_that_does_not_answer_is_not_waited_for(connect, watch, monkeypatch) -> None:
    monkeypatch.setattr("connectors.github.client.TIMEOUT", 1)

    def hangs(path: str, body: Any) -> Answered:
        time.sleep(3)
        return ANA

    [(_, found)], _ = Pace(connect(hangs, ANA)).ask(lambda size: VIEWER)
    assert found == {"login": "ana"}
    assert watch.requests == 2


def test_a_server_that_is_not_there_is_given_up_in_words(connect, watch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = connect(ANA)
        client.requester = Client(
            GitHub(base_url=f"http://127.0.0.1:{free.getsockname()[1]}", repositories=("acme/app",)), watch
        ).requester
        client.host.has_answered = True  # a wrong address is given up at once
        with pytest.raises(GivenUpError, match="nothing answers there, 7 times in a row; given up for this sync"):
            Pace(client).ask(lambda size: VIEWER)


def test_a_page_shrinks_until_the_server_bears_it_and_grows_again(connect) -> None:
    def bears(path: str, body: Any) -> Answered:
        length = int(body["query"].split("first: ")[1].split(")")[0])
        return data(page=length) if length <= 6 else Answered(502, {"message": "Server Error"})

    pace = Pace(connect(bears))

    def ask(size: Size) -> dict[str, Part]:
        return {"page": Part(f"viewer(first: {size.page(25)})", 1)}

    lengths = [pace.ask(ask)[0][0][1] for _ in range(12)]
    assert lengths[0] == 6  # 25 and 25 again, 12, then 6
    assert max(lengths) <= 6 and len(pace.client.server.requests) < 12 + 8


def test_one_broken_answer_does_not_shrink_the_page(connect) -> None:
    pace = Pace(connect(Answered(502, {}), ANA))
    pace.ask(lambda size: VIEWER)
    assert pace.size.level == 0


def test_too_much_for_one_query_is_asked_for_in_less_at_once(connect) -> None:
    pace = Pace(connect(refused("RESOURCE_LIMITS_EXCEEDED", viewer=None), ANA))
    pace.ask(lambda size: VIEWER)
    assert pace.size.level == 1


def test_what_is_too_much_even_at_the_smallest_size_is_an_error(connect) -> None:
    with pytest.raises(TooHeavyError):
        Pace(connect(refused("RESOURCE_LIMITS_EXCEEDED", viewer=None))).ask(lambda size: VIEWER)


def test_a_stale_cursor_has_its_own_name(connect) -> None:
    with pytest.raises(StaleCursorError):
        connect(refused("INVALID_CURSOR_ARGUMENTS")).ask(VIEWER)


def test_a_refused_query_is_said_with_githubs_words(connect) -> None:
    with pytest.raises(ConnectorError, match="Field 'x' doesn't exist"):
        connect(refused("undefinedField", "Field 'x' doesn't exist")).ask(VIEWER)


def test_a_rest_path_that_is_not_there_is_missing_and_one_refused_says_why(connect) -> None:
    with pytest.raises(Missing):
        connect(Answered(404, {"message": "Not Found"})).get("/repositories/1/actions/runs", {})
    with pytest.raises(ConnectorError, match="status 403: Resource not accessible"):
        connect(Answered(403, {"message": "Resource not accessible"})).get("/repositories/1/actions/runs", {})


def test_a_check_says_who_what_and_how_much_is_left(connect) -> None:
    def answer(path: str, body: Any) -> Answered:
        if path == "/rate_limit":
            quota = {"resources": {"graphql": {"remaining": 4000, "limit": 5000}}}
            return Answered(200, quota, {"X-OAuth-Scopes": "read:org, repo"})
        if "viewer" in body["query"]:
            return ANA
        counts = {"nameWithOwner": "acme/app", "pullRequests": {"totalCount": 3}, "issues": {"totalCount": 4}}
        return data(repository0=counts, repository1=None)

    settings = connect(answer).settings.model_copy(update={"repositories": ("acme/app", "acme/gone")})
    found = list(check(settings, Config()))
    assert found == [
        Finding(True, settings.base_url, "the token works, as ana"),
        Finding(
            True, "token", "it may write (repo); a fine-grained token that only reads is enough", severity="warning"
        ),
        Finding(True, "acme/app", "3 pull requests, 4 issues"),
        Finding(False, "acme/gone", "no such repository, or not for this token"),
        Finding(True, "quota", "4000 of 5000 points left in this hour"),
    ]
