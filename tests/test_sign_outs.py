"""The end of a sign-in: a copy of the cookie opens nothing, open pages close, and time is looked at at each action."""

import json
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from access_server import OIDC, Page, answered, asked, free_port, opened, secrets_of, served, signed_in
from itsdangerous import URLSafeTimedSerializer
from sign_in_provider import Provider
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from data import sign_outs
from data.settings import SignIn
from data.store import Store
from pages.ui import cookies
from pages.ui.connections import Connection
from pages.ui.visitors import Role, Visitor

NAME, SECRET, ORIGIN = "_streamlit_user", "c" * 40, "http://localhost:8501"
SAID = SignIn(kind="oidc")
CLAIMS = {"is_logged_in": True, "origin": ORIGIN, "email": "ada@acme.example"}
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider():
    one = Provider()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def places(tmp_path_factory, provider):
    """Two processes with one store and one secret, behind one address."""
    folder, ports = tmp_path_factory.mktemp("app"), (free_port(), free_port())
    options = secrets_of(folder, provider, ports[0])
    with (
        served(folder, OIDC, *options, port=ports[0]) as first,
        served(folder, OIDC, *options, port=ports[1]) as second,
    ):
        yield first, second


def drawn(messages):
    """Whether anything of a page was sent."""
    return {"delta", "new_session", "script_finished"} & {one.WhichOneof("type") for one in messages}


def test_a_cookie_opens_nothing_after_the_sign_out_in_any_process_and_its_pages_close(places, provider):
    first, second = places
    mine, other = (signed_in(first, provider, groups=["admins"]) for _ in "12")
    page, elsewhere, others = Page(first, Cookie=mine), Page(second, Cookie=mine), Page(first, Cookie=other)
    assert page.draw()[-1].WhichOneof("type") == "script_finished"
    assert asked(f"{first}/auth/logout", Cookie=mine)[0] == 302
    last = page.draw()
    assert last[-1].auth_redirect.url == "/"
    assert not drawn(last)
    assert page.draw() == []
    assert (asked(f"{first}/delivery", Cookie=mine)[0], opened(first, Cookie=mine)) == (403, False)
    time.sleep(cookies.LOOK_EVERY + 0.5)
    assert (asked(f"{second}/delivery", Cookie=mine)[0], opened(second, Cookie=mine)) == (403, False)
    assert not drawn(elsewhere.draw())
    assert others.draw()[-1].WhichOneof("type") == "script_finished"  # another sign-in of the same person goes on
    assert opened(second, Cookie=other)


def test_a_cookie_is_held_for_hours_and_over_tls_only(places, tmp_path, provider):
    first, _ = places
    assert "Secure" not in str(answered(f"{first}/_stcore/health")[1].get_all("Set-Cookie"))
    port = free_port()
    with served(tmp_path, OIDC, *secrets_of(tmp_path, provider, port, scheme="https"), port=port) as url:
        for cookie in answered(f"{url}/_stcore/health")[1].get_all("Set-Cookie"):
            assert "Secure" in cookie
        for cookie in answered(f"{url}/auth/login")[1].get_all("Set-Cookie"):
            assert "Secure" in cookie
    provider.claims = {"sub": "1", "email": "ada@acme.example", "email_verified": True, "groups": ["viewers"]}
    start = answered(f"{first}/auth/login")
    back = asked(start[1]["Location"]) and answered(start[1]["Location"])[1]["Location"]
    sent = answered(back, Cookie=start[1]["Set-Cookie"].partition(";")[0])[1].get_all("Set-Cookie")
    ages = {cookie.partition("=")[0]: cookie for cookie in sent if "Max-Age" in cookie and "Max-Age=0" not in cookie}
    assert "Max-Age=43200" in ages[NAME]
    assert "HttpOnly" in ages[NAME]


def test_wrong_cookies_one_after_the_other_and_many_at_once_open_nothing(places, provider):
    first, _ = places
    line = HTTPConnection(urlsplit(first).netloc)
    answers = set()
    for number in range(500):
        line.request("GET", "/media/x.md", headers={"Cookie": f"{NAME}=.eJw{number}.forged"})
        answer = line.getresponse()
        answers.add((answer.status, answer.read()))
    assert answers == {(403, b"sign in first")}
    assert asked(f"{first}/delivery", Cookie="; ".join(f"{NAME}_{number}=x" for number in range(500)))[0] == 403
    assert opened(first, Cookie=signed_in(first, provider, groups=["viewers"]))


# A cookie by itself ----------------------------------------------------------------------------------------


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setattr(cookies, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(cookies, "get_origin_from_redirect_uri", lambda: ORIGIN)
    monkeypatch.setattr(cookies, "SIGN_OUTS", cookies.SignOuts())


def cookie(claims=None, name=NAME, key=SECRET, content=None):
    text = json.dumps(CLAIMS if claims is None else claims) if content is None else content
    return {name: create_signed_value(key, name, text).decode()}


def held(jar, after=0.0):
    return cookies.held(jar, SAID, time.time() + after)


def test_a_cookie_holds_until_its_hours_are_over(secret):
    one = held(cookie())
    assert dict(one.claims) == CLAIMS
    assert one.until == pytest.approx(time.time() + 12 * 3600, abs=5)
    assert held(cookie(), 12 * 3600 - 10)
    assert held(cookie(), 12 * 3600 + 1) is None


WRONG = [
    {},
    {NAME: ""},
    {NAME: "x"},
    {NAME: "é"},
    {NAME: next(iter(cookie(key="d" * 40).values()))},  # signed by somebody else
    {NAME: next(iter(cookie(name="_streamlit_user_tokens").values()))},  # signed for another cookie
    {NAME: next(iter(cookie().values()))[:-1]},
    cookie({"is_logged_in": True, "email": "ada@acme.example"}),  # of no app
    cookie(CLAIMS | {"origin": "http://localhost:9999"}),  # of another app with the same secret
    cookie(CLAIMS | {"is_logged_in": "yes"}),
    cookie(CLAIMS | {"is_logged_in": False}),
    cookie(content="[]"),
    cookie(content="null"),
    cookie(content="{"),
]


@pytest.mark.parametrize("jar", WRONG, ids=map(str, range(len(WRONG))))
def test_a_cookie_that_this_app_did_not_make_holds_nothing(secret, jar):
    assert held(jar) is None


def test_a_cookie_of_a_clock_that_is_ahead_holds_nothing_yet(secret):
    assert held(cookie(), -30)
    assert held(cookie(), -3600) is None


def test_parts_of_two_sign_ins_never_make_a_third(secret, monkeypatch):
    text = json.dumps(CLAIMS)
    parts = {f"{NAME}_1": text[:20], f"{NAME}_2": text[20:]}
    whole = cookie(content="chunks-2")
    for name, part in parts.items():
        whole |= cookie(name=name, content=part)
    assert held(whole)
    stamp = URLSafeTimedSerializer.default_signer.get_timestamp
    monkeypatch.setattr(URLSafeTimedSerializer.default_signer, "get_timestamp", lambda self: stamp(self) - 60)
    for name, part in parts.items():
        assert held(whole | cookie(name=name, content=part)) is None
    assert held({name: value for name, value in whole.items() if name != f"{NAME}_2"}) is None


def test_a_short_secret_holds_nothing_since_it_can_be_found_by_trying(secret, monkeypatch):
    for short in ("", "c" * 31):
        monkeypatch.setattr(cookies, "get_cookie_secret", lambda short=short: short)
        assert held(cookie(key=short)) is None


def test_a_connection_stands_until_its_time_is_over_its_sign_in_ended_or_it_closed(monkeypatch):
    ada, later = Visitor("ada", Role.VIEWER), time.time() + 60
    known = cookies.SignOuts()
    known.known = frozenset({"ended"})
    monkeypatch.setattr("pages.ui.connections.SIGN_OUTS", known)
    assert Connection(ada, "one", later).stands()
    assert not Connection(ada, "one", time.time() - 1).stands()
    assert not Connection(ada, "ended", later).stands()
    assert not Connection(ada, "one", later, is_closed=True).stands()


# What is stored of it --------------------------------------------------------------------------------------


def test_an_ended_sign_in_is_stored_for_as_long_as_its_cookie_would_hold(tmp_path):
    store, hour = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}"), timedelta(hours=1)
    with store.writing() as connection:
        store.set_notice(connection, "demo", "yes")
    assert sign_outs.ended(store) == frozenset()
    sign_outs.end(store, "a", NOON + hour, NOON)
    sign_outs.end(store, "b", NOON + 3 * hour, NOON)
    sign_outs.end(store, "b", NOON + 3 * hour, NOON)  # twice
    assert sign_outs.ended(store) == {"a", "b"}
    sign_outs.end(store, "c_%", NOON + 5 * hour, NOON + 2 * hour)
    assert sign_outs.ended(store) == {"b", "c_%"}  # the time of a is over
    assert store.notice("demo") == "yes"
