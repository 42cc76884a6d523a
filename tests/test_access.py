"""Routes × roles on a real server with a real provider: each route of the server's own table, as everybody asks."""

import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from access_server import (
    OIDC,
    PROXY,
    TOKEN,
    answered,
    asked,
    free_port,
    opened,
    routes_of,
    secrets_of,
    served,
    signed_in,
)
from sign_in_provider import Provider

from pages.ui import routes
from pages.ui.visitors import Role

PAGE = Path(__file__).parent.parent / "docs" / "access.md"
PEOPLE = {"viewer": Role.VIEWER, "lead": Role.LEAD, "administrator": Role.ADMIN}
GROUPS = {"viewer": "viewers", "lead": "leads", "administrator": "admins"}
FORWARDED = {
    "X_Forwarded_For": "10.2.3.4",
    "X_Forwarded_Host": "localhost",
    "Via": "1.1 proxy",
    "X_Real_IP": "10.2.3.4",
}
BEYOND = ["/", "/delivery", "/static/nothing.js", "/_stcore/new", "/app/static/x", "/media/", "/_stcore/health/x"]


@pytest.fixture(scope="module")
def provider():
    one = Provider()
    yield one
    one.stop()


@pytest.fixture(scope="module", params=["", "plumb"], ids=["root", "base path"])
def place(request, tmp_path_factory, provider):
    """A server with OpenID Connect: its address, its base path, its routes, everybody's headers."""
    folder, port, base = tmp_path_factory.mktemp("oidc"), free_port(), request.param
    with served(folder, OIDC, *secrets_of(folder, provider, port, base), port=port, base=base) as url:
        cookies = {who: signed_in(url, provider, groups=[group]) for who, group in GROUPS.items()}
        people = {who: ({"Cookie": cookie}, PEOPLE[who]) for who, cookie in cookies.items()}
        out = signed_in(url, provider, groups=["admins"])
        assert asked(f"{url}/auth/logout", Cookie=out)[0] == 302
        people |= {
            "no cookie": ({}, Role.NOBODY),
            "a forged cookie": ({"Cookie": cookies["administrator"].replace("=.", "=.A", 1)}, Role.NOBODY),
            "signed out": ({"Cookie": out}, Role.NOBODY),
            "no role": ({"Cookie": signed_in(url, provider, groups=["others"])}, Role.NOBODY),
            "foreign": ({"Cookie": cookies["administrator"], "Origin": "http://evil.example"}, None),
            "neighbour": ({"Cookie": cookies["administrator"], "Origin": "http://localhost:1"}, None),
        }
        for who in ("no cookie", "administrator"):
            people[f"{who}, handed on"] = (people[who][0] | FORWARDED, people[who][1])
        yield url.removesuffix(f"/{base}") if base else url, base, routes_of(folder), people


@pytest.fixture(scope="module", params=[{}, FORWARDED], ids=["no headers of its own", "headers of its own"])
def proxied(request, tmp_path_factory):
    """A server behind a proxy that vouches for people, with and without saying whom it hands on."""
    folder = tmp_path_factory.mktemp("proxy")
    with served(folder, PROXY) as url:
        user = {"X_Forwarded_Email": "ada@acme.example"}
        people = {who: (user | {"X_Forwarded_Groups": group}, PEOPLE[who]) for who, group in GROUPS.items()}
        people |= {
            "nobody": ({}, Role.NOBODY),
            "no role": (user, Role.NOBODY),
            "groups only": ({"X_Forwarded_Groups": "admins"}, Role.NOBODY),
            "an address as a group": (user | {"X_Forwarded_Groups": "ada@acme.example"}, Role.NOBODY),
            "foreign": (user | {"X_Forwarded_Groups": "admins", "Origin": "http://evil.example"}, None),
        }
        people = {who: (headers | request.param, role) for who, (headers, role) in people.items()}
        yield url, "", routes_of(folder), people


def status_of(line, method, path, headers):
    """The status of an answer, over a connection that stays open where the server lets it."""
    line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with line.getresponse() as answer:
        answer.read()
        return answer.status


def wrong(url, base, found, people):
    """The routes that answer somebody otherwise than their rule says."""
    line = HTTPConnection(urlsplit(url).netloc)
    everything = [*found, *((f"/{base}{path}" if base else path, ["GET", "POST"]) for path in BEYOND)]
    for path, methods in everything:
        sample = re.sub(r"\{[^}]*\}", "x.md", path) or "/"
        rule = routes.rule_of(sample, base)
        for who, (headers, role) in people.items():
            may = role is not None and rule.least is not None and role >= rule.least
            if rule.path == "_stcore/stream":
                if opened(f"{url}/{base}" if base else url, **headers) is not may:
                    yield sample, who, "websocket"
                continue
            if rule.path == "auth/logout" and "Cookie" in headers:
                continue  # it would end the sign-in of whoever comes next
            for method in methods or ["GET"] if who in {"no cookie", "nobody", "administrator"} else ["GET"]:
                status = status_of(line, method, sample, headers)
                is_file = rule.path == routes.FILES  # none was offered to anybody: see below
                expected = may and method in routes.METHODS and not is_file
                if (status != 403) is not expected or status >= 500:
                    yield sample, who, method, status


def test_every_route_of_the_server_answers_everybody_as_its_rule_says(place):
    url, base, found, people = place
    assert len(found) > 20
    assert list(wrong(url, base, found, people)) == []


def test_every_route_behind_a_proxy_answers_everybody_as_its_rule_says(proxied):
    assert list(wrong(*proxied)) == []


def test_the_page_of_who_may_ask_for_what_is_of_these_rules():
    assert PAGE.read_text() == routes.page(), "run: python -m pages.ui.routes > docs/access.md"


def test_what_is_let_in_without_a_role_is_this_and_no_more():
    everybody = [rule.path for rule in (*routes.RULES, routes.PAGE) if rule.least is Role.NOBODY]
    assert everybody == ["health", "auth/login", "auth/logout", "oauth2callback", "_stcore/health"]


def test_strangers_get_a_way_to_sign_in_and_a_state_and_nothing_else(place):
    url, base, _, people = place
    root = f"{url}/{base}" if base else url
    for who in ("no cookie", "signed out", "a forged cookie"):
        status, text = asked(f"{root}/delivery", **people[who][0])
        assert status == 403
        assert "Sign in" in text
        assert f'action="{"/" + base if base else ""}/auth/login"' in text
        assert asked(f"{root}/health", **people[who][0]) == (200, '{"status":"ok"}')
    status, text = asked(f"{root}/delivery", **people["no role"][0])
    assert "ada@acme.example is signed in but may not look" in text
    assert "last_sync" in asked(f"{root}/health", **people["viewer"][0])[1]


def test_figures_for_prometheus_need_a_sign_in_or_their_own_token(place):
    url, base, _, people = place
    root = f"{url}/{base}" if base else url
    for given in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Basic x"},
    ):
        assert asked(f"{root}/monitoring/metrics", **given)[0] == 403, given
    for given in ({"Authorization": f"Bearer {TOKEN}"}, people["viewer"][0]):
        status, text = asked(f"{root}/monitoring/metrics", **given)
        assert status == 200
        assert 'plumbline_rows{scope="acme/app"' in text
    assert asked(f"{root}/delivery", Authorization=f"Bearer {TOKEN}")[0] == 403  # it opens nothing else


def test_every_answer_forbids_frames_guesses_and_foreign_scripts(place):
    url, base, _, people = place
    root = f"{url}/{base}" if base else url
    for path in ("/", "/health", "/static/nothing.js", "/_stcore/metrics", "/auth/login", "/media/x.html"):
        for who in ("no cookie", "viewer"):
            headers = answered(f"{root}{path}", **people[who][0])[1]
            policy = headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, path
            assert "default-src 'self'" in policy or "default-src 'none'" in policy, path
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers.get("Access-Control-Allow-Origin") is None
