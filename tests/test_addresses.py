"""Secrets in addresses of every shape: what is hidden, what a parser gets, and where none of it may be seen."""

import os
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Missing
from connectors.files.place import opened
from connectors.git import package_index
from connectors.git.clone import Clone, folder_of, of_path
from connectors.git.program import environment, without_password
from data import addresses, config
from data.engine import connect, explain, hidden
from data.errors import ConfigError, StoreError
from data.redaction import redacted
from data.settings import Git
from data.store import Store
from pages.ui.words import literal
from reports.words import plain

ROOT = Path(__file__).parent.parent

# address, as it is shown
SHOWN = [
    ("postgresql://ana:hunter2@db/metrics", "postgresql://ana:***@db/metrics"),
    ("postgresql+psycopg://ana:p@ss@db/metrics", "postgresql+psycopg://ana:***@db/metrics"),
    ("postgresql://ana:pa/ss?w#d@db:5432/metrics", "postgresql://ana:***@db:5432/metrics"),
    ("postgresql://ana:a@b@c@[::1]:5432/metrics", "postgresql://ana:***@[::1]:5432/metrics"),
    ("postgresql://db/metrics?user=ana&password=hunter2", "postgresql://db/metrics?user=ana&password=***"),
    ("postgresql://db:5432/metrics?password=p@ss&x=1", "postgresql://db:5432/metrics?password=***&x=1"),
    ("postgresql://db/metrics?PASSWORD=x&sslpassword=y", "postgresql://db/metrics?PASSWORD=***&sslpassword=***"),
    ("postgresql://ana@db/metrics", "postgresql://ana@db/metrics"),
    ("sqlite:///data/metrics.db", "sqlite:///data/metrics.db"),
    ("https://ana:hunter2@git.example/a.git", "https://***@git.example/a.git"),
    ("https://ghp_token@github.com/acme/app", "https://***@github.com/acme/app"),
    ("https://:ghp_token@github.com/acme/app", "https://***@github.com/acme/app"),
    ("https://ghp_token:x-oauth-basic@github.com/acme/app", "https://***@github.com/acme/app"),
    ("https://ghp_token:@github.com/acme/app", "https://***@github.com/acme/app"),
    ("https://git.example/a.git?private_token=glpat-1", "https://git.example/a.git?private_token=***"),
    ("https://git.example/@scope/a.git", "https://git.example/@scope/a.git"),
    ("ssh://git@github.com/acme/app", "ssh://git@github.com/acme/app"),
    ("HTTPS://Ana:Hunter2@git.example", "HTTPS://***@git.example"),
    ("git@github.com:acme/app.git", "git@github.com:acme/app.git"),
    ("https://acme.example/issues?key=PAY-1&orderBy=key", "https://acme.example/issues?key=PAY-1&orderBy=key"),
]


@pytest.mark.parametrize(("address", "shown"), SHOWN)
def test_an_address_is_shown_without_its_secret(address, shown):
    assert addresses.without_secrets(address) == shown
    assert redacted(f"cannot reach {address} today") == f"cannot reach {shown} today"


@pytest.mark.parametrize(
    ("address", "password", "host"),
    [
        ("postgresql://ana:p@ss@db/metrics", "p@ss", "db"),
        ("postgresql://ana:pa/ss@db/metrics", "pa/ss", "db"),
        ("postgresql://ana:p?a#b@db/metrics", "p?a#b", "db"),
        ("postgresql://ana:a@b@c@[::1]:5432/metrics", "a@b@c", "::1"),
        ("postgresql://ana:p%40ss@db/metrics", "p@ss", "db"),  # encoded already
        ("postgresql://ana:100%25@db/metrics", "100%", "db"),
        ("postgresql://ana:x@db/metrics?application_name=a@b", "x", "db"),
        ("postgresql://ana@db/metrics", None, "db"),
    ],
)
def test_a_password_ends_at_the_last_at_sign(address, password, host):
    url = connect(address).url
    assert (url.password, url.host, url.database) == (password, host, "metrics")


WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="'\"<>"), min_size=1, max_size=20)


@given(secret=WORD.map(lambda word: f"Zq{word}Zq"), encode=st.booleans(), where=st.sampled_from(["db", "[::1]:5432"]))
def test_no_password_survives_in_any_text_about_a_store(secret, encode, where):
    written = quote(secret, safe="") if encode else secret
    for address in (
        f"postgresql://ana:{written}@{where}/m",
        f"postgresql://{where}/m?password={quote(secret, safe='')}",
    ):
        for said in (hidden(address), redacted(f"{address}: no"), explain("refused", address), explain("?", address)):
            assert secret not in said and "Zq" not in said
        assert "Zq" not in str(StoreError(f"the store {address} fails"))


@given(secret=WORD.map(lambda word: f"Zq{word}Zq"), user=st.sampled_from(["ana:", ":", ""]))
def test_no_token_of_a_git_address_is_in_what_is_said_or_on_a_command_line(secret, user):
    address = f"https://{user}{quote(secret, safe='')}@git.example/acme/app.git"
    own = environment({"remote.origin.url": addresses.encoded(address)})
    settings = {own[f"GIT_CONFIG_KEY_{n}"]: own[f"GIT_CONFIG_VALUE_{n}"] for n in range(int(own["GIT_CONFIG_COUNT"]))}
    assert settings["remote.origin.url"] == "https://git.example/acme/app.git"
    assert {own["PLUMBLINE_GIT_USER"], own["PLUMBLINE_GIT_PASSWORD"]} == {
        user.rstrip(":") if user else secret,
        secret if user else "",
    }
    assert "Zq" not in without_password(f"fatal: {address}: 403") and "Zq" not in repr(
        Git(repository="a/b", url=address)
    )


# The configuration ---------------------------------------------------------------------------------------

REFUSED = [
    ('[[git]]\nrepository = "a/b"\nurl = "https://h/a.git?private_token=Zq12345"', "git.0.url", "query"),
    ('[[git]]\nrepository = "a/b"\nurl = "https://h/a.git?access_token=Zq12345&x=1"', "git.0.url", "query"),
    ('[[git]]\nrepository = "a/b"\nurl = "ssh://ana:Zq12345@h/a.git"', "git.0.url", "takes no password"),
    ('[[github]]\nrepositories = ["a/b"]\nbase_url = "https://Zq12345@h"', "github.0.base_url", "no user"),
    ('[[github]]\nrepositories = ["a/b"]\nbase_url = "https://h/?token=Zq12345"', "github.0.base_url", "no user"),
    ('[[jira]]\nurl = "https://ana:Zq12345@h"', "jira.0.url", "no user"),
    ('[[jira]]\nurl = "https://ana:Zq/12@345@h"', "jira.0.url", "no user"),
    ('[[git]]\nrepository = "a/b"\nurl = "ftp://ana:Zq1@2345@h/a.git"', "git.0.url", "takes no password"),
]


@pytest.mark.parametrize(("said", "key", "why"), REFUSED)
def test_a_secret_in_the_wrong_place_of_an_address_is_refused_and_not_repeated(tmp_path, said, key, why):
    file = tmp_path / "config.toml"
    file.write_text(said)
    with pytest.raises(ConfigError) as refused:
        config.read(file)
    assert key in str(refused.value) and why in str(refused.value) and "Zq" not in str(refused.value)


def test_a_password_of_a_git_address_is_encoded_where_it_is_read(tmp_path):
    (tmp_path / "config.toml").write_text('[[git]]\nrepository = "a/b"\nurl = "https://ana:p@s/s@h/a.git"\n')
    assert config.read(tmp_path / "config.toml").git[0].url == "https://ana:p%40s%2Fs@h/a.git"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:Zq/hun@ter2@127.0.0.1:1/metrics",
        "postgresql://127.0.0.1:1/metrics?user=ana&password=Zqhunter2",
        "mysql://ana:Zqhun@ter2@127.0.0.1:1/metrics",
        "postgresql://ana:Zqhunter2@127.0.0.1:no/metrics",
    ],
)
def test_a_command_says_what_is_wrong_with_a_store_and_nothing_secret(url):
    run = subprocess.run(
        [sys.executable, "-m", "connectors", "status"],
        cwd=ROOT,
        env=os.environ | {"PLUMBLINE_STORE": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2 and run.stderr.count("\n") == 1
    assert "Zq" not in run.stdout + run.stderr and "ter2" not in run.stderr


# Rights --------------------------------------------------------------------------------------------------


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_store_and_the_files_beside_it_are_for_their_owner_alone(tmp_path):
    before = os.umask(0o000)
    try:
        store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
        with store.writing() as connection:
            store.upsert(connection, "repositories", [])
            files = sorted(tmp_path.iterdir())
    finally:
        os.umask(before)
    assert len(files) >= 2 and {mode(file) for file in files} == {0o600}


def test_rights_that_somebody_gave_a_store_stay(tmp_path):
    file = tmp_path / "metrics.db"
    Store.open(f"sqlite:///{file}").engine.dispose()
    file.chmod(0o640)
    Store.open(f"sqlite:///{file}").engine.dispose()
    assert mode(file) == 0o640


def test_a_clone_is_for_its_owner_alone(tmp_path):
    there = tmp_path / "there"
    subprocess.run(["git", "init", "-q", str(there)], check=True)
    clone = of_path(folder_of(tmp_path / "clones", "acme/app"), there)
    assert isinstance(clone, Clone) and mode(clone.folder) == 0o700


# Files ---------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """The folder of a configuration, with a file inside, one outside, and links."""
    own = tmp_path / "own"
    (own / "deep").mkdir(parents=True)
    for file in (own / "costs.csv", own / "deep" / "costs.csv", tmp_path / "outside.csv"):
        file.write_text("a,b\n")
    (own / "link.csv").symlink_to(tmp_path / "outside.csv")
    (own / "inner.csv").symlink_to(own / "costs.csv")
    os.mkfifo(own / "pipe.csv")
    return own


@pytest.mark.parametrize("name", ["costs.csv", "deep/costs.csv", "deep/../costs.csv", "inner.csv"])
def test_a_file_beside_the_configuration_is_read(folder, name):
    with opened(folder / name, folder) as file:
        assert file.read() == b"a,b\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../outside.csv", "outside the folder"),
        ("link.csv", "outside the folder"),
        ("/etc/passwd", "outside the folder"),
        ("/proc/self/environ", "outside the folder"),
        ("pipe.csv", "no ordinary file"),
        ("deep", "no ordinary file"),
        ("none.csv", "cannot be read"),
        ("../own-other/costs.csv", "outside the folder"),
    ],
)
def test_any_other_file_is_refused(folder, name, why):
    with pytest.raises(Missing, match=why), opened(folder / name, folder):
        pass


def test_the_operator_may_name_more_folders_and_the_configuration_may_not(folder, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_FILES", os.pathsep.join(["/nowhere", str(folder.parent)]))
    with opened(folder / "../outside.csv", folder) as file:
        assert file.read() == b"a,b\n"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(folder):
    with (folder / "costs.csv").open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(Missing, match="more than the 64 MiB"), opened(folder / "costs.csv", folder):
        pass


# The package index ---------------------------------------------------------------------------------------


def test_a_package_index_leads_no_request_to_another_host():
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.headers["Host"], self.path))
            other = {"/away": f"http://localhost:{port}/inside", "/moved": "/here"}.get(self.path)
            self.send_response(302 if other else 200)
            self.send_header("Location", other or "/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        assert package_index.OPENER.open(Request(f"http://127.0.0.1:{port}/moved"), timeout=5).status == 200
        with pytest.raises(OSError, match="302"):
            package_index.OPENER.open(Request(f"http://127.0.0.1:{port}/away"), timeout=5)
    finally:
        server.shutdown()
    assert [path for _, path in asked] == ["/moved", "/here", "/away"]


# Words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("pay\u200bpal", "paypal"),
        ("\ufeffadmin\u2060", "admin"),
        ("a\u00adb", "ab"),
        ("x\U000e0041\U000e007fy", "xy"),
        ("adm\u200din", "admin"),  # a joiner between Latin letters joins nothing
        ("می\u200cخواهم", "می\u200cخواهم"),  # and is part of the word in Persian
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u202eb", "ab"),
    ],
)
def test_what_cannot_be_seen_is_left_out_of_a_text(given, seen):
    assert plain(given) == seen


@pytest.mark.parametrize(
    "given", [":material/home: x", ":smile:", ":+1:", ":heart_eyes:", ":streamlit: :a:", "a:b:c", ":-1:", "::tada::"]
)
def test_a_name_of_an_emoji_or_icon_stays_a_word(given):
    said = literal(given).replace("\\", "")
    import re

    assert not re.search(r":[\w+/-]+:", said) and said.replace("\u2060", "") == given


@pytest.mark.parametrize("given", ["10:30", "note: x", "a::b", "https://x"])
def test_an_ordinary_colon_stays_as_it_is(given):
    assert "\u2060" not in literal(given)
