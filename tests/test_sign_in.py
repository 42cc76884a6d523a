"""Signing in, for real: a provider of the test's own, a real server, a real Chromium; and the door without it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from conftest import REPOSITORY, pull
from sign_in_provider import CLIENT, SECRET, Provider

from data import record
from data.settings import SignIn
from data.store import Store
from pages.ui.sign_in import Role, Visitor, gate, role_of

ROOT = Path(__file__).parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60_000
SOURCE = '[[github]]\nrepositories = ["acme/app"]\ntoken_env = "TOKEN"\n'
OIDC = SOURCE + '[sign_in]\nkind = "oidc"\nviewers = ["viewers"]\nleads = ["leads"]\nadmins = ["admins"]\n'
PROXY = SOURCE + '[sign_in]\nkind = "proxy"\nadmins = ["ada@acme.example"]\n[monitoring]\nprometheus = true\n'


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def run(folder, configuration, *options, port=0):
    """Start the app on a store with one pull request; the process."""
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", [pull(1, "2026-11-02 08:00", merged_at="2026-11-03 08:00")])
        facts = {"scope_id": "1", "complete": True, "requests": 3, "points": 4}
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", facts)
    store.engine.dispose()
    (folder / "config.toml").write_text(configuration)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    places = {"PLUMBLINE_STORE": f"sqlite:///{folder / 'metrics.db'}", "PLUMBLINE_CONFIG": str(folder / "config.toml")}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    return subprocess.Popen(
        [*command, "--server.port", str(port), *options],
        cwd=ROOT,
        env=own | places,
        stdout=(folder / "server.log").open("w"),
        stderr=subprocess.STDOUT,
    )


@contextmanager
def served(folder, configuration, *options, port=0):
    """The address of the running app."""
    port = port or free_port()
    process = run(folder, configuration, *options, port=port)
    try:
        for _ in range(600):
            try:
                urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except HTTPError:
                break  # it answers, though not to this one
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def asked(url, **headers):
    """The status and the text of an answer."""
    try:
        with urlopen(Request(url, headers={n.replace("_", "-"): v for n, v in headers.items()}), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


# The door ----------------------------------------------------------------------------------------------------


def test_it_refuses_to_listen_to_the_network_with_nobody_asked_to_sign_in(tmp_path):
    process = run(tmp_path, SOURCE, "--server.address", "0.0.0.0", port=free_port())
    assert process.wait(timeout=60) == 2
    said = (tmp_path / "server.log").read_text()
    assert "refused to listen on 0.0.0.0: without a sign-in" in said
    assert "Traceback" not in said


def test_it_listens_to_the_network_when_told_that_this_is_insecure(tmp_path):
    with served(tmp_path, SOURCE, "--server.address", "0.0.0.0", "--", "--insecure") as url:
        assert asked(f"{url}/health", X_Forwarded_For="10.0.0.9")[0] == 200


def test_without_a_sign_in_it_answers_its_own_machine_only(tmp_path):
    with served(tmp_path, SOURCE) as url:
        status, said = asked(f"{url}/health")
        assert (status, json.loads(said)["status"]) == (200, "ok")
        for header in ("X_Forwarded_For", "Forwarded", "X_Real_IP"):
            assert asked(f"{url}/delivery", **{header: "10.0.0.9"})[0] == 403
        assert asked(f"{url}/health", Host="plumbline.evil.example")[0] == 403  # a name that was made to point here
        assert asked(f"{url}/monitoring/metrics")[0] == 404  # off unless asked for


def test_behind_a_proxy_only_the_proxy_may_ask_and_has_to_say_for_whom(tmp_path):
    with served(tmp_path, PROXY) as url:
        assert asked(f"{url}/delivery")[0] == 403
        assert asked(f"{url}/delivery", X_Forwarded_Email="ada@acme.example")[0] == 200
        status, said = asked(f"{url}/monitoring/metrics", X_Forwarded_Email="prometheus")
        assert status == 200
        assert 'plumbline_rows{scope="acme/app",source="github",stream="pull_requests"} 1.0' in said


def test_headers_of_anybody_but_the_named_proxies_are_not_believed(tmp_path):
    elsewhere = PROXY.replace('kind = "proxy"', 'kind = "proxy"\nproxies = ["10.0.0.1"]')
    with served(tmp_path, elsewhere) as url:
        assert asked(f"{url}/delivery", X_Forwarded_Email="ada@acme.example")[0] == 403


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (["viewers"], Role.VIEWER),
        (["LEADS ", "viewers"], Role.LEAD),
        (["viewers", "boss@acme.example"], Role.ADMIN),
        (["others"], Role.NOBODY),
        ([""], Role.NOBODY),
        ([], Role.NOBODY),
    ],
)
def test_a_visitor_has_the_highest_role_that_they_are_named_for(names, role):
    said = SignIn(kind="oidc", viewers=("viewers",), leads=("leads",), admins=("admins", "boss@acme.example"))
    assert role_of(names, said) is role


def test_where_no_viewers_are_named_everybody_who_signs_in_may_look():
    assert role_of(["others"], SignIn(kind="oidc", admins=("admins",))) is Role.VIEWER


@pytest.mark.parametrize(("is_verified", "role"), [(True, Role.ADMIN), (False, Role.VIEWER)])
def test_an_address_that_the_provider_has_not_verified_gives_no_role(monkeypatch, is_verified, role):
    claims = {"email": "boss@acme.example", "email_verified": is_verified}
    user = SimpleNamespace(is_logged_in=True, to_dict=lambda: claims)
    monkeypatch.setattr("pages.ui.sign_in.st", SimpleNamespace(user=user, session_state={}, stop=lambda: None))
    assert gate(SignIn(kind="oidc", admins=("boss@acme.example",))).role is role


def test_a_viewer_may_neither_sync_nor_connect_nor_write(tmp_path, monkeypatch):
    """What an administrator sees on these pages is not there for a viewer, whatever the address says."""
    from streamlit.testing.v1 import AppTest

    (tmp_path / "config.toml").write_text(SOURCE)
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    seen = {}
    for role in (Role.ADMIN, Role.VIEWER):
        monkeypatch.setattr("pages.ui.sign_in.OWNER", Visitor("", role))
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
        for page in ("coverage.py", "connect.py", "weekly.py"):
            app.switch_page(page).run()
            assert not app.exception
            seen[role, page] = {button.label for button in app.button}
    assert "Sync now" in seen[Role.ADMIN, "coverage.py"] - seen[Role.VIEWER, "coverage.py"]
    assert {"Check", "Sync now"} <= seen[Role.ADMIN, "connect.py"] - seen[Role.VIEWER, "connect.py"]
    assert seen[Role.ADMIN, "weekly.py"] - seen[Role.VIEWER, "weekly.py"]


# OpenID Connect ----------------------------------------------------------------------------------------------


ADA = {"sub": "1", "email": "ada@acme.example", "email_verified": True, "groups": ["viewers"]}


@pytest.fixture(scope="module")
def running():
    one = Provider()
    yield one
    one.stop()


@pytest.fixture
def provider(running):
    running.claims = dict(ADA)
    return running


@pytest.fixture(scope="module")
def app(tmp_path_factory, running):
    tmp_path, provider, port = tmp_path_factory.mktemp("app"), running, free_port()
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
    )
    with served(tmp_path, OIDC, "--secrets.files", str(secrets), port=port) as url:
        yield url


@pytest.fixture
def window():
    if BROWSER is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield lambda: chromium.new_context().new_page()
        chromium.close()


def sign_in(page, url, path):
    page.goto(f"{url}/{path}")
    page.get_by_role("button", name="Sign in").click(timeout=PATIENCE)


@pytest.mark.browser
def test_nobody_sees_a_page_before_they_signed_in_and_then_everybody_what_they_may(app, provider, window):
    page = window()
    page.goto(f"{app}/coverage")  # the first request of the process is a deep link
    page.get_by_role("button", name="Sign in").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    assert "acme/app" not in page.content()
    assert page.get_by_role("heading", name="Coverage").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("ada@acme.example · viewer").wait_for(timeout=PATIENCE)
    page.goto(f"{app}/coverage")
    page.get_by_role("heading", name="Coverage", exact=True).wait_for(timeout=PATIENCE)
    page.get_by_text("acme/app").first.wait_for(timeout=PATIENCE, state="attached")  # a cell of a drawn table
    assert page.get_by_role("button", name="Sync now").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for(timeout=PATIENCE)


@pytest.mark.browser
def test_an_administrator_may_sync_and_somebody_of_no_group_may_not_look(app, provider, window):
    provider.claims |= {"groups": ["admins"], "email": "eve@acme.example"}
    page = window()
    sign_in(page, app, "")
    page.get_by_text("eve@acme.example · admin").wait_for(timeout=PATIENCE)
    page.goto(f"{app}/coverage")
    page.get_by_role("button", name="Sync now").wait_for(timeout=PATIENCE)
    provider.claims |= {"groups": ["others"], "email": "mallory@acme.example"}
    stranger = window()
    sign_in(stranger, app, "delivery")
    stranger.get_by_text("mallory@acme.example is signed in but may not look").wait_for(timeout=PATIENCE)
    assert stranger.get_by_role("heading", name="Delivery").count() == 0


@pytest.mark.browser
def test_a_file_is_given_only_to_those_who_signed_in(app, provider, window):
    """The address of a download is no secret once somebody has shared it."""
    page = window()
    sign_in(page, app, "figure?indicator=pr_size&weeks=52")
    page.get_by_text("ada@acme.example").wait_for(timeout=PATIENCE)
    page.goto(f"{app}/figure?indicator=pr_cycle_time")
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="CSV").first.click(timeout=PATIENCE)
    address = download.value.url
    assert "/media/" in address
    assert page.request.get(address).status in {200, 404}  # 404 once given away and gone; but not refused
    assert asked(address)[0] == 403
    assert asked(address, Cookie="_streamlit_user=forged")[0] == 403
