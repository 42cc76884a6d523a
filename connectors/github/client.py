"""What goes over the wire to GitHub: one request at a time, limits waited out, refusals in words."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.base import AuthError, ConnectorError, Meter, Missing
from connectors.github.limits import Reply, pause_of
from connectors.github.queries import Part, compose, points
from connectors.hosts import BRIEF, SILENT, UNKNOWN, host_of, is_distrusted, unreachable
from data.config import secret
from data.redaction import remember, shortened
from data.settings import GitHub

if TYPE_CHECKING:
    from github.Auth import Auth
    from github.Requester import Requester

TIMEOUT = 15  # seconds to connect to each address, and to answer; GitHub itself ends a query after ten
ALIVE = {"query": "query { rateLimit { cost } }"}
TOO_MUCH = {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"}
STALE = "INVALID_CURSOR_ARGUMENTS"
ABSENT = "NOT_FOUND"


class UnsteadyError(ConnectorError):
    """No answer, or half of one: the same request may well succeed a little later."""


class UnreachableError(UnsteadyError):
    """There is no connection to the host at all: asking for less is no help."""


class TooHeavyError(UnsteadyError):
    """GitHub will not answer so much at once: ask for less."""


class StaleCursorError(ConnectorError):
    """A cursor is no longer understood: the walk begins anew."""


@dataclass(frozen=True)
class Answer:
    """What a query brought: the data under its parts' names, the server's time, and what it could not give."""

    at: datetime
    data: Mapping[str, Any]
    note: str | None = None


class Client:
    """A connection to one GitHub server; `turn` is held while a request is under way."""

    def __init__(
        self, settings: GitHub, meter: Meter, turn: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self.settings = settings
        self.meter = meter
        self.turn = turn
        self.requester = _requester(settings, TIMEOUT)
        self.host = host_of(meter, settings.base_url)
        self.took = 0.0  # seconds of the last request
        self.points_left: int | None = None
        self.resets_at: datetime | None = None
        self.permissions = ""

    def ask(self, parts: Mapping[str, Part]) -> Answer:
        """Send one GraphQL query made of parts.

        Raises UnsteadyError, TooHeavyError, StaleCursorError, AuthError, ConnectorError. A part that is not there,
        or not for these credentials, comes back as None.
        """
        cost = points(sum(part.units for part in parts.values()))
        self._wait_for_points(cost)
        reply = self._patiently("POST", self.requester.graphql_url, {"query": compose(parts)})
        self._check(reply, "GraphQL")
        if not isinstance(reply.body, dict):
            raise UnsteadyError(f"{self.settings.base_url}: the answer to a query is no JSON object; try again later")
        data = reply.body.get("data")
        self._count(data, cost, _time(reply))
        note = self._note(data, [e for e in reply.body.get("errors") or () if isinstance(e, dict)])
        return Answer(_time(reply), data or {}, note)

    def get(self, path: str, parameters: Mapping[str, Any]) -> tuple[datetime, Any]:
        """The server's time and the JSON at a REST path.

        Raises Missing for 404, UnsteadyError, AuthError, ConnectorError.
        """
        reply = self._patiently("GET", path, None, parameters)
        self._check(reply, path)
        if reply.body is None:
            raise UnsteadyError(f"{self.settings.base_url}{path}: the answer is no JSON; try again later")
        return _time(reply), reply.body

    # One request -------------------------------------------------------------------------------------

    def _patiently(self, verb: str, url: str, body: Any, parameters: Mapping[str, Any] | None = None) -> Reply:
        for refusals in count():
            self.host.check()
            reply = self._send(self.requester, verb, url, body, parameters)
            pause = pause_of(reply, refusals)
            if pause is None:
                return reply
            self.points_left = None
            self.meter.wait(self.host.limit(pause.seconds, datetime.now(UTC), pause.longest), pause.reason)
        raise AssertionError("limits without end are given up")

    def _send(
        self, requester: "Requester", verb: str, url: str, body: Any, parameters: Mapping[str, Any] | None = None
    ) -> Reply:
        import jwt
        import requests
        from github import GithubException

        self.meter.spent(requests=1)
        began = self.host.clock()
        try:
            with self.turn():
                began = self.host.clock()
                status, headers, text = requester.requestJson(verb, url, parameters=dict(parameters or {}), input=body)
        except requests.exceptions.RequestException as error:
            raise self._broken(error) from None
        except GithubException as error:  # an App's token could not be renewed
            raise AuthError(f"{self.settings.base_url}: the GitHub App is refused ({error.status})") from None
        except jwt.PyJWTError:
            raise AuthError(f"{self._where_secret()} holds no private key of a GitHub App; set its PEM text") from None
        except RuntimeError as error:  # a redirect to another host or protocol
            raise ConnectorError(f"{self.settings.base_url}: {error}") from None
        finally:
            self.took = self.host.clock() - began
        self.permissions = headers.get("x-oauth-scopes", self.permissions)
        return Reply(status, headers, text, _json(text))

    def _broken(self, error: Exception) -> ConnectorError:
        import requests

        from connectors.answers import TooLargeError

        if isinstance(error, TooLargeError):
            return ConnectorError(f"{self.settings.base_url}: {error}; check base_url")
        words = unreachable(error)
        if words in {UNKNOWN, SILENT} and not self.host.has_answered:
            return self.host.give_up(f"{words}; check [[github]] base_url and the network")
        if is_distrusted(error):
            return self.host.give_up("its certificate is not trusted; check [[github]] base_url")
        if words:
            return UnreachableError(f"{self.settings.base_url}: {words}; try again later")
        silent = isinstance(error, requests.exceptions.Timeout)
        words = "no answer in time" if silent else "the connection broke off or could not be made"
        return UnsteadyError(f"{self.settings.base_url}: {words}; try again later")

    def enough(self, error: UnsteadyError) -> ConnectorError | None:
        """What ends a walk, or all of the host's, after a long time without an answer; None: it is worth going on."""
        if not isinstance(error, UnreachableError) and self._lives():
            return None if self.host.lives() else error
        words = str(error).removeprefix(f"{self.settings.base_url}: ").removesuffix("; try again later")
        return self.host.gone(words)

    def _lives(self) -> bool:
        """Whether the host answers a small question, soon."""
        try:
            requester = _requester(self.settings, BRIEF)
            reply = self._send(requester, "POST", self.requester.graphql_url, ALIVE)
        except ConnectorError:
            return False
        answers = reply.status == 200 and isinstance(reply.body, dict) and reply.body.get("data") is not None
        return answers or 400 <= reply.status < 500

    def _check(self, reply: Reply, what: str) -> None:
        where = self.settings.base_url
        if reply.status == 401:
            raise AuthError(f"{where}: the token is refused; set a valid one in {self._where_secret()}")
        if reply.status == 404:
            raise Missing(f"{where}: {what} is not there, or not for this token; check base_url, name and permissions")
        if reply.status >= 500 or (reply.status == 200 and reply.body is None):
            raise UnsteadyError(f"{where}: answers with status {reply.status} and no result; try again later")
        if reply.status >= 400:
            raise ConnectorError(f"{where}: {what} is refused with status {reply.status}: {_message(reply)}")

    def _where_secret(self) -> str:
        return f"${self.settings.private_key_env or self.settings.token_env}"

    # Points ------------------------------------------------------------------------------------------

    def _wait_for_points(self, cost: int) -> None:
        if self.points_left is None or self.resets_at is None or self.points_left >= cost:
            return
        self.points_left = None
        left = (self.resets_at - datetime.now(UTC)).total_seconds()
        if left > 0:
            self.meter.wait(self.host.limit(left, datetime.now(UTC)), "GitHub's quota")

    def _count(self, data: Any, expected: int, at: datetime) -> None:
        quota = data.get("rateLimit") if isinstance(data, dict) else None
        if not quota:  # a GitHub Enterprise Server without limits
            self.meter.spent(points=expected)
            return
        self.points_left = quota["remaining"]
        left = datetime.fromisoformat(quota["resetAt"]) - at  # by the server's clock, for ours may be wrong
        self.resets_at = datetime.now(UTC) + left
        self.meter.spent(points=quota["cost"], points_left=self.points_left)

    # Errors inside an answer -------------------------------------------------------------------------

    def _note(self, data: Any, errors: list[dict[str, Any]]) -> str | None:
        kinds = {error.get("type") for error in errors}
        words = "; ".join(sorted({str(error.get("message", "no reason given")) for error in errors}))
        if STALE in kinds:
            raise StaleCursorError(f"{self.settings.base_url}: {words}")
        if kinds & TOO_MUCH:
            raise TooHeavyError(f"{self.settings.base_url}: {words}")
        if "something went wrong" in words.lower() or "timeout" in words.lower():
            raise UnsteadyError(f"{self.settings.base_url}: could not answer in time; try again later")
        if data is None:
            raise ConnectorError(f"{self.settings.base_url}: refuses the query: {words or 'no data and no reason'}")
        refused = sorted({str(e.get("message")) for e in errors if e.get("type") != ABSENT})
        return f"GitHub left something out: {shortened('; '.join(refused), 300)}" if refused else None


def _requester(settings: GitHub, timeout: int) -> "Requester":
    from github import Consts, Github

    from connectors.answers import hold_to_limits

    hold_to_limits()
    _check_address(settings.base_url)
    github = Github(
        auth=_auth(settings),
        base_url=settings.base_url.rstrip("/") or Consts.DEFAULT_BASE_URL,
        timeout=timeout,
        user_agent="plumbline",
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    return github.requester


def _check_address(url: str) -> None:
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme not in {"http", "https"} or not host:
        raise ConnectorError(f"[[github]] base_url: {url!r} is no address; expected https://api.github.com or similar")
    is_bare = address.path.strip("/") == ""
    if is_bare and not host.startswith(("api.", "127.")) and host != "localhost":
        raise ConnectorError(
            f"[[github]] base_url: {url!r} lacks the path of a GitHub Enterprise Server; use https://{host}/api/v3"
        )


def _auth(settings: GitHub) -> "Auth":
    from github import Auth

    name = settings.private_key_env or settings.token_env
    value = (secret(name) or "").strip()
    if not value:
        raise AuthError(f"[[github]] {settings.base_url}: no token in ${name}; set it, or name another in token_env")
    if settings.app_id is None:
        return Auth.Token(value)
    app = Auth.AppAuth(settings.app_id, value)
    return _remembering(app.get_installation_auth(settings.installation_id or _only_installation(app, settings)))


def _remembering(auth: "Auth") -> "Auth":
    """The same signing in; the token that GitHub gives an App for an hour is a secret as any that was read."""
    sign: Callable[[dict[str, Any]], None] = auth.authentication

    def authentication(headers: dict[str, Any]) -> None:
        sign(headers)
        remember(str(headers["Authorization"]).rpartition(" ")[2])

    auth.authentication = authentication  # type: ignore[method-assign]
    return auth


def _only_installation(app: Any, settings: GitHub) -> int:
    import requests
    from github import GithubException, GithubIntegration

    try:
        asking = GithubIntegration(auth=app, base_url=settings.base_url, timeout=TIMEOUT, retry=None)
        found = [i.id for i in islice(asking.get_installations(), 2)]  # whether there is one, two tell
    except GithubException as error:
        raise AuthError(
            f"{settings.base_url}: the GitHub App is refused ({error.status}); check app_id and key"
        ) from None
    except requests.exceptions.RequestException as error:
        words = unreachable(error) or "no whole answer in time"
        raise ConnectorError(f"{settings.base_url}: {words}; check [[github]] base_url and the network") from None
    if len(found) != 1:
        many = "several" if found else "no"
        raise ConnectorError(f"[[github]] app_id {settings.app_id}: {many} installations; set installation_id")
    return int(found[0])


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _message(reply: Reply) -> str:
    said = reply.body.get("message") if isinstance(reply.body, dict) else None
    return shortened(str(said or "no reason given"), 200)


def _time(reply: Reply) -> datetime:
    return reply.at or datetime.now(UTC).replace(microsecond=0)
