"""Signing in, for real: a provider of the test's own, a real server, a real Chromium; and the door without it."""

import json
import os
import shutil
from pathlib import Path

import pytest
from access_server import OIDC, SOURCE, Page, asked, free_port, opened, run, secrets_of, served, signed_in
from sign_in_provider import Provider

from pages.ui.visitors import Role, Visitor

ROOT = Path(__file__).parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60_000
PROXY = SOURCE + '[sign_in]\nkind = "proxy"\nadmins = ["ada@acme.example"]\n[monitoring]\nprometheus = true\n'


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
        named = {"X_Forwarded_Email": "ada@acme.example"}
        for claimed in ("10.0.0.1", "127.0.0.1", "10.0.0.1, 127.0.0.1", "[10.0.0.1]:80"):
            for headers in (named, named | {"X_Forwarded_For": claimed}, named | {"Forwarded": f"for={claimed}"}):
                assert asked(f"{url}/delivery", **headers)[0] == 403
                assert asked(f"{url}/monitoring/metrics", **headers)[0] == 403
                assert not opened(url, **headers)


def test_a_proxy_on_this_machine_that_says_for_whom_it_asks_is_served(tmp_path):
    """As most do: the server underneath would take what it says for the address of the peer."""
    with served(tmp_path, PROXY) as url:
        headers = {"X_Forwarded_Email": "ada@acme.example", "X_Forwarded_For": "10.2.3.4", "X_Forwarded_Proto": "https"}
        assert asked(f"{url}/delivery", **headers)[0] == 200
        assert Page(url, **headers).draw()[-1].WhichOneof("type") == "script_finished"


STARTS = {  # what becomes of the configuration while the app runs
    "deleted": None,
    "empty": "",
    "without a sign-in": SOURCE,
    "broken": '[sign_in]\nkind = "oidc',
}


def test_the_sign_in_of_the_start_holds_whatever_becomes_of_the_file(app_folder, app, provider):
    file = app_folder / "config.toml"
    cookie = signed_in(app, provider, groups=["viewers"])
    for name, content in STARTS.items():
        file.unlink(missing_ok=True) if content is None else file.write_text(content)
        assert asked(f"{app}/delivery")[0] == 403, name
        assert asked(f"{app}/media/x.md")[0] == 403, name
        assert not opened(app), name
        assert opened(app, Cookie=cookie), name
    file.write_text(OIDC)


def test_a_store_that_cannot_be_read_is_a_state_to_strangers_and_a_reason_to_those_who_may_look(tmp_path, provider):
    port = free_port()
    with served(tmp_path, OIDC, *secrets_of(tmp_path, provider, port), port=port) as url:
        cookie = signed_in(url, provider, groups=["viewers"])
        (tmp_path / "config.toml").write_text(
            OIDC + '[store]\nurl = "sqlite:////nowhere/at/all.db"\n[calendar]\nx = 1\n'
        )
        assert asked(f"{url}/health") == (503, '{"status":"failed"}')
        status, text = asked(f"{url}/health", Cookie=cookie)
        assert (status, "reason" in text) == (503, True)


def test_a_configuration_that_may_ask_for_a_sign_in_and_is_broken_lets_nobody_in(tmp_path):
    with served(tmp_path, '[sign_in]\nkind = "oidc\n') as url:
        status, said = asked(f"{url}/delivery")
        assert (status, "is not TOML" in said) == (503, True)  # the machine's own user is told why
        status, said = asked(f"{url}/delivery", X_Forwarded_For="10.2.3.4")
        assert (status, said) == (503, "The configuration cannot be read.\n")
        assert not opened(url)


def test_it_refuses_to_start_with_a_secret_that_can_be_found_by_trying(tmp_path, provider):
    port = free_port()
    name, secrets = secrets_of(tmp_path, provider, port)
    Path(secrets).write_text(Path(secrets).read_text().replace("c" * 40, "changeme"))
    process = run(tmp_path, OIDC, name, secrets, port=port)
    assert process.wait(timeout=120) == 2
    assert "cookie_secret has to be at least 32 letters long" in (tmp_path / "server.log").read_text()


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
def app_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def app(app_folder, running):
    port = free_port()
    with served(app_folder, OIDC, *secrets_of(app_folder, running, port), port=port) as url:
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
