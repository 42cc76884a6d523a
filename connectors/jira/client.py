"""Questions to one Jira site: read only, patient with a busy server, plain about what is wrong."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from jira import JIRA, JIRAError

from connectors.answers import TooLargeError, hold_to_limits
from connectors.base import AuthError, ConnectorError, Meter, Missing
from connectors.hosts import (
    BRIEF,
    FIRST_PAUSE,
    LONGEST_LIMIT,
    SILENCE,
    SILENT,
    UNKNOWN,
    GivenUpError,
    host_of,
    is_distrusted,
    later,
    unreachable,
)
from data import config
from data.redaction import remember, shortened
from data.settings import Jira

TIMEOUT = (5.0, 40.0)  # seconds to connect, to answer
FIRST_ANSWER = 20.0  # seconds for a host that has not answered yet
LONGEST_GUESS = 900.0
NEVER = datetime.min.replace(tzinfo=UTC)


class BadRequest(ConnectorError):
    """Jira does not accept the question itself."""


class BusyError(Exception):
    """The answer may be better a little later: in `pause` seconds, where the server says so.

    `is_limit`: the server is well and wants to be asked less; `is_away`: there is no connection to it at all.
    """

    def __init__(self, words: str, pause: float | None = None, is_limit: bool = False, is_away: bool = False) -> None:
        super().__init__(words)
        self.pause = pause
        self.is_limit = is_limit
        self.is_away = is_away


class Client:
    """One signed-in connection. `at` is the server's own time of its last answer."""

    def __init__(self, site: Jira, meter: Meter) -> None:
        self.site = site
        self.url = site.url.rstrip("/")
        self.meter = meter
        self.at = NEVER
        self.host = host_of(meter, self.url)
        self.took = 0.0  # seconds of the last request
        self.signed_in = _sign_in(site, self.url)

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON at a path. Raises AuthError, Missing, BadRequest, ConnectorError."""
        return self._ask("GET", path, params={k: v for k, v in parameters.items() if v is not None})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that answers a question too long for an address; nothing is ever written. Raises as get does."""
        return self._ask("POST", path, data=json.dumps(body))

    def _ask(self, method: str, path: str, **question: Any) -> Any:
        while True:
            self.host.check()
            try:
                answer = self._answer(method, path, question)
            except BusyError as busy:
                self._wait(busy, path)
            except GivenUpError:
                raise
            except ConnectorError:  # a refusal is an answer
                self.host.answered()
                raise
            else:
                self.host.answered()
                return answer

    def _wait(self, busy: BusyError, path: str) -> None:
        """Wait until it may be asked again. Raises GivenUpError, ConnectorError when that is enough."""
        if busy.is_limit or busy.pause is not None:
            until = self._asked_for(busy)
        else:
            pause = self.host.failed(self.took)
            if pause is None and (end := self._enough(busy, path)):
                raise end
            until = later(FIRST_PAUSE if pause is None else pause)
        self.meter.wait(until, f"Jira: {busy}")

    def _asked_for(self, busy: BusyError) -> datetime:
        """Until when the server wants to be left alone; longer each time where it says too little or nothing."""
        before = self.host.failures
        self.host.failures += 1
        guess = min(10.0 * 2**before, LONGEST_GUESS)
        least = min(2.0**before, LONGEST_GUESS) if before else 0.1
        seconds = guess if busy.pause is None else max(busy.pause, least)
        return self.host.limit(seconds, datetime.now(UTC), LONGEST_LIMIT if busy.is_limit else SILENCE)

    def _enough(self, busy: BusyError, path: str) -> ConnectorError | None:
        """What ends this walk, or all of the site's; None: it is worth asking again."""
        failures = self.host.failures
        if busy.is_away or not self.host.has_answered or not self._lives():  # the first question is a small one
            return self.host.gone(str(busy))
        if self.host.lives():
            return None
        return ConnectorError(f"{self.url}/{path}: {busy}, {failures} times in a row; the next sync goes on from here")

    def _lives(self) -> bool:
        """Whether the site answers a small question, soon."""
        try:
            self._answer("GET", "rest/api/2/serverInfo", {}, BRIEF)
        except BusyError as busy:
            return busy.is_limit
        except ConnectorError:
            return True  # a refusal is an answer
        return True

    def _answer(self, method: str, path: str, question: dict[str, Any], longest: float | None = None) -> Any:
        self.meter.spent(requests=1)
        session = self.signed_in._session
        longest = longest or (TIMEOUT[1] if self.host.has_answered else min(FIRST_ANSWER, TIMEOUT[1]))
        session.timeout = (TIMEOUT[0], longest)
        began = self.host.clock()
        try:
            response = session.request(method, f"{self.url}/{path}", **question)
        except JIRAError as error:
            if error.response is None:
                raise BusyError("no answer") from None
            self._hear(error.response)
            raise self._refusal(error.response, path) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            raise ConnectorError(f"[[jira]] url: {self.url!r} is no address; expected one with https://") from None
        except TooLargeError as error:
            raise ConnectorError(f"{self.url}/{path}: {error}; check [[jira]] url") from None
        except requests.RequestException as error:
            raise self._broken(error) from None
        finally:
            self.took = self.host.clock() - began
        self._hear(response)
        return self._content(response, path)

    def _broken(self, error: requests.RequestException) -> Exception:
        words = unreachable(error)
        if words in (UNKNOWN, SILENT) and not self.host.has_answered:
            return self.host.give_up(f"{words}; check [[jira]] url and the network")
        if is_distrusted(error):
            return self.host.give_up("its certificate is not trusted; check [[jira]] url")
        return BusyError(words or _in_words(error), is_away=words is not None)

    def _hear(self, response: requests.Response) -> None:
        self.at = max(self.at, _moment(response.headers.get("Date", "")) or datetime.now(UTC))
        if "AUTHENTICATED_FAILED" in response.headers.get("X-Seraph-LoginReason", ""):
            raise self._unauthorised()

    def _content(self, response: requests.Response, path: str) -> Any:
        if "json" not in response.headers.get("Content-Type", "") and response.content.lstrip().startswith(b"<"):
            raise ConnectorError(
                f"{self.url}/{path}: a web page came instead of data, such as a sign-in page; check [[jira]] url,"
                f" and that {self.site.token_env} passes any sign-in before Jira"
            )
        try:
            return json.loads(response.content)
        except ValueError:
            raise BusyError("an answer was cut short") from None

    def _refusal(self, response: requests.Response, path: str) -> Exception:
        status, words = response.status_code, _message(response)
        place = f"{self.url}/{path}"
        if status == 401 or "X-Authentication-Denied-Reason" in response.headers:
            return self._unauthorised()
        if status == 429:
            return BusyError("too many requests for its quota", _retry_after(response), is_limit=True)
        if status >= 500:
            return BusyError(f"an error on its side ({status})", _retry_after(response))
        if status == 400:
            return BadRequest(f"{place}: not accepted (400): {words}")
        if status == 403:
            return Missing(f"{place}: forbidden (403): {words}; give the account the permission to browse it")
        if status == 404:
            return Missing(f"{place}: not there, or not for this account (404): {words}")
        if status == 410:
            return ConnectorError(f"{place}: this part of Jira was removed (410): {words}; update Plumbline")
        return ConnectorError(f"{place}: unexpected answer ({status}): {words}")

    def _unauthorised(self) -> AuthError:
        user = f" and {self.site.user_env}" if self.site.user_env else ""
        return AuthError(f"{self.url}: Jira refuses the token; check {self.site.token_env}{user}, or make a new token")


def _sign_in(site: Jira, url: str) -> JIRA:
    token = config.secret(site.token_env)
    user = config.secret(site.user_env) if site.user_env else None
    for name, value in ((site.token_env, token), (site.user_env, user)):
        if name and not value:
            raise AuthError(f"{url}: no credentials; set the environment variable {name}")
    if user:
        remember(b64encode(f"{user}:{token}".encode()).decode())  # as each request carries both
    hold_to_limits()
    signed: dict[str, Any] = {"basic_auth": (user, token)} if user else {"token_auth": token}
    return JIRA(server=url, get_server_info=False, max_retries=0, timeout=TIMEOUT, logging=False, **signed)


def _in_words(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "an answer was cut short"
    return "the connection was dropped"


def _message(response: requests.Response) -> str:
    try:
        said = json.loads(response.content)
    except ValueError:
        return response.reason or "no reason given"
    if not isinstance(said, dict):
        return response.reason or "no reason given"
    errors = said.get("errors")
    words = [*(said.get("errorMessages") or ()), *(errors.values() if isinstance(errors, dict) else ())]
    told = " ".join(map(str, words or [said.get("message") or response.reason]))
    return shortened(" ".join(told.split()), 300)


def _retry_after(response: requests.Response) -> float | None:
    said = response.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    until = _moment(said)
    now = _moment(response.headers.get("Date", "")) or datetime.now(UTC)
    return (until - now).total_seconds() if until else None


def _moment(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
