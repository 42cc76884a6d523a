"""The stream of releases: when the versions of what is used came out, asked of the public package indexes.

It is off unless `release_dates = true` in [[git]]: the names of packages leave the house with it.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from connectors.base import Page, Scope, State
from connectors.git.session import Session
from data.store import Row

Get = Callable[[str], bytes | None]  # None: no such package
FRESH = timedelta(days=7)
LARGEST = 50_000_000  # bytes
PRERELEASE = re.compile(r"\d(\.?(a|b|c|rc|dev|alpha|beta|pre|preview|m)[-._]?\d*)|-(?!\d{8,})[A-Za-z]", re.IGNORECASE)


class _SameHost(HTTPRedirectHandler):
    """An index answers itself: what it says must not lead a request into the network of this machine."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        """Follow to another address of the same host only; urllib raises HTTPError otherwise."""
        there, here = urlsplit(newurl), urlsplit(req.full_url)
        same = (there.scheme, there.netloc) == (here.scheme, here.netloc)
        return super().redirect_request(req, fp, code, msg, headers, newurl) if same else None


OPENER = build_opener(_SameHost)


def pypi(name: str, get: Get) -> list[Row]:
    """The releases of a Python package."""
    said = _object(get(f"https://pypi.org/pypi/{quote(name, safe='')}/json"))
    files = {version: listed for version, listed in said.get("releases", {}).items() if listed}
    return [
        _release(version, min(f["upload_time_iso_8601"] for f in listed), all(f.get("yanked") for f in listed))
        for version, listed in files.items()
    ]


def npm(name: str, get: Get) -> list[Row]:
    """The releases of a JavaScript package."""
    said = _object(get(f"https://registry.npmjs.org/{quote(name, safe='@')}"))
    there = said.get("versions", {})
    return [_release(v, at, "deprecated" in there[v]) for v, at in said.get("time", {}).items() if v in there]


def go(name: str, get: Get) -> list[Row]:
    """The newest releases of a Go module."""
    place = "https://proxy.golang.org/" + re.sub("([A-Z])", lambda m: "!" + m[1].lower(), name)
    versions = (get(f"{place}/@v/list") or b"").decode("utf-8", "replace").split()[-30:]
    found = [_object(get(f"{place}/@v/{quote(version)}.info")) for version in versions]
    return [_release(about["Version"].removeprefix("v"), about["Time"], False) for about in found if about]


def maven(name: str, get: Get) -> list[Row]:
    """The newest releases of a Java artifact."""
    group, _, artifact = name.partition(":")
    query = quote(f'g:"{group}" AND a:"{artifact}"')
    said = _object(get(f"https://search.maven.org/solrsearch/select?core=gav&rows=200&wt=json&q={query}"))
    docs = said.get("response", {}).get("docs", [])
    return [_release(doc["v"], datetime.fromtimestamp(doc["timestamp"] / 1000, UTC).isoformat(), False) for doc in docs]


INDEXES: dict[str, Callable[[str, Get], list[Row]]] = {"pypi": pypi, "npm": npm, "go": go, "maven": maven}


def _object(said: bytes | None) -> dict[str, Any]:
    found = json.loads(said) if said else {}
    return found if isinstance(found, dict) else {}


def _release(version: str, at: str, withdrawn: bool) -> Row:
    moment = datetime.fromisoformat(at)
    released = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    about = {"is_prerelease": bool(PRERELEASE.search(version)), "is_yanked": withdrawn}
    return {"id": version, "released_at": released, **about}


def package_releases(session: Session, scope: Scope, state: State) -> Iterator[Page]:
    """The releases of every package in use, each asked for once a week; what cannot be asked is said, and waits."""
    now = session.now
    if not session.source.settings.release_dates:
        return
    used = session.store.load("dependencies", ["ecosystem", "name"], **session.where).drop_duplicates()
    stored = session.store.load("package_releases", ["ecosystem", "package", "seen_at"], source=session.source.name)
    fresh = stored[stored["seen_at"] > now - FRESH]
    known = set(zip(fresh["ecosystem"], fresh["package"], strict=True))
    wanted = [pair for pair in used.itertuples(index=False, name=None) if pair not in known and pair[0] in INDEXES]
    silent: dict[str, str] = {}
    for ecosystem, name in sorted(wanted):
        if ecosystem in silent:
            continue
        try:
            found = INDEXES[ecosystem](name, lambda url: _get(session, url))
        except (OSError, ValueError, KeyError, TypeError) as error:
            silent[ecosystem] = type(error).__name__
            continue
        rows = [{"ecosystem": ecosystem, "package": name} | row for row in found]
        yield Page(now, {"package_releases": rows}, {"package": name}, oldest=now, expected=len(wanted))
    note = (
        f"the package index of {', '.join(sorted(silent))} did not answer; the next sync asks again" if silent else None
    )
    yield Page(now, high_water=now, note=note)


def _get(session: Session, url: str) -> bytes | None:
    session.meter.spent(requests=1)
    try:
        with OPENER.open(Request(url, headers={"User-Agent": "plumbline"}), timeout=10) as answer:
            return bytes(answer.read(LARGEST))
    except HTTPError as error:
        if error.code in {404, 410}:
            return None
        raise URLError(f"HTTP {error.code}") from None
