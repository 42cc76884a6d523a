"""Questions to one Jira site: read only, patient with a busy server, plain about what is wrong."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from jira import JIRA, JIRAError

from connectors.base import AuthError, ConnectorError, Meter, Missing
from data import config
from data.redaction import remember
from data.settings import Jira

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds before each new attempt
LONGEST_PAUSE = 3600.0
TIMEOUT = (10.0, 60.0)  # to connect, to answer
NEVER = datetime.min.replace(tzinfo=UTC)
UNKNOWN, SILENT = "no such address", "nothing answers there"


class BadRequest(ConnectorError):
    """Jira does not accept the question itself."""


class BusyError(Exception):
    """The answer may be better a little later: in `pause` seconds, where the server says so."""

    def __init__(self, words: str, pause: float | None = None, slow: bool = False) -> None:
        super().__init__(words)
        self.pause = pause
        self.slow = slow


class Client:
    """One signed-in connection. `at` is the server's own time of its last answer."""

    def __init__(self, site: Jira, meter: Meter) -> None:
        self.site = site
        self.url = site.url.rstrip("/")
        self.meter = meter
        self.at = NEVER
        self.signed_in = _sign_in(site, self.url)

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON at a path. Raises AuthError, Missing, BadRequest, ConnectorError."""
        return self._ask("GET", path, params={k: v for k, v in parameters.items() if v is not None})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that answers a question too long for an address; nothing is ever written. Raises as get does."""
        return self._ask("POST", path, data=json.dumps(body))

    def _ask(self, method: str, path: str, **question: Any) -> Any:
        trouble = ""
        for attempt, pause in enumerate((*PAUSES, None)):
            try:
                return self._answer(method, path, question)
            except BusyError as busy:
                trouble = str(busy)
                if pause is not None:
                    self._pause(busy, pause if not busy.slow else 10.0 * 2**attempt)
        raise ConnectorError(
            f"{self.url}/{path}: {trouble}, {len(PAUSES) + 1} times in a row; the next sync goes on from here"
        )

    def _pause(self, busy: BusyError, usual: float) -> None:
        seconds = min(usual if busy.pause is None else max(busy.pause, 0.1), LONGEST_PAUSE)
        self.meter.wait(datetime.now(UTC) + timedelta(seconds=seconds), f"Jira: {busy}")

    def _answer(self, method: str, path: str, question: dict[str, Any]) -> Any:
        self.meter.spent(requests=1)
        try:
            response = self.signed_in._session.request(method, f"{self.url}/{path}", **question)
        except JIRAError as error:
            if error.response is None:
                raise BusyError("no answer") from None
            self._hear(error.response)
            raise self._refusal(error.response, path) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            raise ConnectorError(f"[[jira]] url: {self.url!r} is no address; expected one with https://") from None
        except requests.exceptions.SSLError:
            raise ConnectorError(f"{self.url}: its certificate is not trusted; check [[jira]] url") from None
        except requests.RequestException as error:
            words = _in_words(error)
            if words in (UNKNOWN, SILENT) and self.at == NEVER:
                raise ConnectorError(f"{self.url}: {words}; check [[jira]] url and the network") from None
            raise BusyError(words) from None
        self._hear(response)
        return self._content(response, path)

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
            return BusyError("too many requests for its quota", _retry_after(response), slow=True)
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
    signed: dict[str, Any] = {"basic_auth": (user, token)} if user else {"token_auth": token}
    return JIRA(server=url, get_server_info=False, max_retries=0, timeout=TIMEOUT, logging=False, **signed)


def _in_words(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "an answer was cut short"
    if "resolve" in str(error) or "Name or service" in str(error):
        return UNKNOWN
    if "refused" in str(error):
        return SILENT
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
    return " ".join(" ".join(map(str, words or [said.get("message") or response.reason])).split())[:300]


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
