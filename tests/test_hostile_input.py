"""What somebody writes to exhaust the machine, or by mistake in the place of something else: bounded, not repeated."""

import contextlib
import logging
import os
import re
import subprocess
import threading
import time
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from zipfile import ZipFile

import pytest
import requests
from git_site import Repository
from report_content import REPORT

from connectors import answers, commands
from connectors.__main__ import main
from connectors.base import ConnectorError, Missing
from connectors.files import place
from connectors.files.client import read_text
from connectors.files.kinds import KINDS
from connectors.files.parse import WrongFileError, read
from connectors.git import CONNECTOR as GIT
from connectors.git import program
from connectors.git.manifests import MANIFESTS, dependencies
from connectors.git.program import without_password
from connectors.github.client import Client as GitHubClient
from connectors.hosts import Hosts
from connectors.jira.client import Client as JiraClient
from connectors.meter import SourceMeter
from data import config
from data.engine import address_of
from data.errors import ConfigError, PlumblineError
from data.redaction import redacted, remember
from data.settings import GitHub, Jira
from data.settings import Report as Where
from metrics import tell
from reports import formats
from reports.safe import Names
from reports.sending import DeliveryError, Message, send

# Secrets in the wrong place ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:Zq12345",  # the host is forgotten
        "postgresql:ana:Zq12345@db/metrics",
        "postgresql:/ana:Zq12345@db/metrics",
        "ana:Zq12345@db/metrics",
        "host=db user=ana password=Zq12345",
        "://ana:Zq12345@db/metrics",
        "sqlite://ana:Zq12345@db/metrics.db",
        "jdbc:postgresql://db/metrics?user=ana&password=Zq12345",
        "postgresql+psycopg://ana:Zq12345@[::1/metrics",
    ],
)
def test_the_url_of_a_store_that_is_none_is_refused_without_its_password(url):
    with pytest.raises(PlumblineError) as refused:
        address_of(url)
    assert "Zq" not in str(refused.value) and "use sqlite:///" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://db/m?%70assword=Zq1", "postgresql://db/m?%70assword=***"),  # %70 is p
        ("postgresql://db/m?dsn=password%3DZq1", "postgresql://db/m?dsn=***"),  # %3D is =
        ("no host in host=db password=Zq1 user=ana", "no host in host=db password=*** user=ana"),
        ("https://a.b/?x=1;token=Zq1&y=2", "https://a.b/?x=***&y=2"),
        ("https://a.b/?key=PAY-1&private=Zq", "https://a.b/?key=PAY-1&private=***"),
        ("9postgresql://ana:Zq1@db/m", "9postgresql://ana:***@db/m"),
        ("a" * 40 + "http://ana:Zq1@db/m", "a" * 40 + "http://***@db/m"),
        ("the token = is missing, the password is wrong", "the token = is missing, the password is wrong"),
    ],
)
def test_a_secret_is_hidden_however_its_name_is_written(text, shown):
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "said",
    [
        '[[jira]]\nurl = "https:/ana:Zq12345@h"',
        '[[jira]]\nurl = "ana:Zq12345@h"',
        '[[jira]]\nurl = "Zq12345@h"',
        '[[git]]\nrepository = "a/b"\nurl = "https:/Zq12345@h/a.git"',
        '[[git]]\nrepository = "a/b"\nurl = "ana:Zq12345@h/a.git"',
        '[[github]]\nrepositories = ["a/b"]\ntoken_env = "Zq-12345"',
        '[[jira]]\nurl = "https://h"\ntoken_env = "ATATTZq12345=AB"',
        '[report.webhook]\nurl_env = "https://hooks.example/Zq12345"',
        '[report.email]\nhost = "h"\nsender = "a@b.c"\nto = ["a@b.c"]\npassword_env = "Zq 12345"',
        '[store]\nurl = "ana:Zq12345@db/metrics"',
    ],
)
def test_a_secret_in_the_place_of_something_else_is_refused_and_not_repeated(tmp_path, said):
    (tmp_path / "config.toml").write_text(said)
    with pytest.raises(ConfigError) as refused:
        config.read(tmp_path / "config.toml")
    assert "Zq" not in str(refused.value)


def test_a_token_in_the_place_of_its_variables_name_is_not_repeated():
    with pytest.raises(PlumblineError) as refused:
        GitHubClient(GitHub(repositories=("a/b",), token_env="ghp_Zq1234567890"), meter())
    assert "Zq" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/Zq12345 x", "http://127.0.0.1:Zq/12345", "http://[::1/Zq12345", "http://h/\x7fZq12345"]
)
def test_the_secret_address_of_a_webhook_is_in_no_fault(monkeypatch, url):
    monkeypatch.setenv("HOOK", url)
    where = Where.model_validate({"webhook": {"url_env": "HOOK"}})
    with pytest.raises((DeliveryError, ConfigError)) as refused:
        send(Message("s", ("l",), {}, "d"), where, print)
    assert "Zq" not in str(refused.value)


def test_a_library_that_logs_a_fault_tells_no_secret_that_was_read(caplog):
    remember("Zq12345-of-somebody")
    try:
        int("Zq12345-of-somebody")
    except ValueError:
        logging.getLogger("a.library").exception("with %s", "Zq12345-of-somebody")
    assert "with ***" in caplog.text and "invalid literal" in caplog.text and "Zq" not in caplog.text


# Texts that take long ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", ["a", "a://", ";", ";pass", "a://;token", "token ", "?a=&", "a://b:", "a.", "a@a.", "@", "pass="]
)
def test_no_text_takes_longer_than_its_length(part):
    began = time.process_time()
    for text in ((part * 50_000)[:50_000], ("a://" + part * 50_000)[:50_000]):
        redacted(text)
        without_password(text)
        Names().without(text)
    assert time.process_time() - began < 8  # a minute to days, where a step is done for every pair of letters


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "a" + " " * 200_000 + "b\n"),
        ("requirements.txt", "a[x]" + " " * 200_000 + "b\n"),
        ("requirements.txt", "a" * 200_000),
        ("requirements.txt", "\\" + " " * 200_000),
        ("pyproject.toml", "a." * 30_000 + "b=1\n"),
        ("pyproject.toml", "[" + "a." * 30_000 + "b]\n"),
        ("go.mod", "\n" * 200_000),
        ("package.json", '{"a":' + "[" * 100_000),
        ("pom.xml", "<project>" + "<a>" * 50_000),
    ],
)
def test_no_manifest_takes_longer_than_its_length(name, text):
    began = time.process_time()
    with contextlib.suppress(ValueError, RecursionError):
        dependencies(MANIFESTS[name], text)
    assert time.process_time() - began < 5


# Files ---------------------------------------------------------------------------------------------------

HEAD = "team,start_on,end_on,amount,currency\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (",".join(f"c{n}" for n in range(200_000)), "column 'team' is missing"),
        ("c," * 200_000, "column 'team' is missing"),
        (HEAD + "a" + "," * 200_000, "column start_on: is empty"),
        (HEAD + "a" + "," * 200_000 + "b", "cells; expected 5"),
        (HEAD + "x,y\n" * 100_000, "9998 more"),
        (HEAD + "a" * 200_000 + ",2026-01-01,2026-02-01,1,EUR\n", "field larger"),
        (HEAD + '"' + "\n" * 200_000, "field larger"),
        (HEAD + "\n" * 200_000 + "x,y\n", "line 200002: 2 cells"),
    ],
)
def test_a_file_that_is_wrong_on_purpose_is_refused_soon(text, why):
    began = time.process_time()
    with pytest.raises(WrongFileError, match=why):
        read(text, KINDS["costs"], "costs.csv")
    assert time.process_time() - began < 5


def test_a_file_of_more_lines_than_are_read_is_refused(monkeypatch):
    monkeypatch.setattr("connectors.files.parse.MOST", 3)
    lines = [f"t{n},2026-01-01,2026-02-01,1,EUR\n" for n in range(4)]
    assert len(read(HEAD + "".join(lines[:3]), KINDS["costs"], "costs.csv")) == 3
    with pytest.raises(WrongFileError, match="more than 3 lines"):
        read(HEAD + "".join(lines), KINDS["costs"], "costs.csv")


def test_a_file_that_is_changed_for_a_link_after_it_was_looked_at_is_not_read(tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.csv").write_text("Zq12345")
    (own / "costs.csv").write_text("a\n")
    open_ = os.open

    def exchanged(path, *rest):  # between the look at the path and the opening
        if path == own / "costs.csv":
            path.unlink()
            path.symlink_to(tmp_path / "secret.csv")
        return open_(path, *rest)

    monkeypatch.setattr(place.os, "open", exchanged)
    with pytest.raises(Missing, match="outside the folder"):
        read_text(own / "costs.csv", beside=own)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "costs.csv")
    with pytest.raises(Missing, match="no ordinary file"):
        read_text(tmp_path / "costs.csv")


# Answers of servers --------------------------------------------------------------------------------------


def meter():
    return SourceMeter(lambda *_: None, Hosts())


@pytest.fixture(scope="module")
def bomb():
    """A server whose answer of a kilobyte is 1 MiB when it is unpacked; its address."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = pack.compress(b'{"data":"' + b"a" * 2**20 + b'"}') + pack.flush()

    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def asked_of(kind, url):
    if kind == "jira":
        return JiraClient(Jira(url=url, token_env="SOME_TOKEN"), meter()).get("rest/api/2/myself")
    return GitHubClient(GitHub(base_url=url, repositories=("a/b",), token_env="SOME_TOKEN"), meter()).get("/x", {})


@pytest.mark.parametrize("kind", ["github", "jira"])
def test_an_answer_that_unpacks_to_more_than_is_read_ends_there(bomb, kind, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "planted-token-of-a-test")
    assert asked_of(kind, bomb)
    monkeypatch.setattr(answers, "LARGEST", 2**19)
    with pytest.raises(ConnectorError, match="is not read"):
        asked_of(kind, bomb)


@pytest.mark.parametrize(
    "fault", [ConnectorError("is refused"), ValueError("odd"), AttributeError("odd"), RecursionError("odd")]
)
def test_a_check_goes_on_whatever_one_source_does(fault, tmp_path, monkeypatch, capsys):
    def check(*_):
        raise fault

    monkeypatch.setattr(commands, "find", lambda kinds: {"git": replace(GIT, check=check)})
    (tmp_path / "config.toml").write_text("".join(f'[[git]]\nrepository = "a/{n}"\npath = "{n}"\n' for n in "xy"))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    assert main(["check", "--config", str(tmp_path / "config.toml")]) == 1
    said = capsys.readouterr().out
    assert said.count("failed") == 2 and str(fault) in said


def test_answers_are_limited_once_however_often_that_is_asked_for():
    answers.hold_to_limits()
    build = requests.adapters.HTTPAdapter.build_response
    answers.hold_to_limits()
    assert requests.adapters.HTTPAdapter.build_response is build


# Git -----------------------------------------------------------------------------------------------------


def test_a_repository_that_names_more_files_than_are_read_is_an_error_and_not_a_full_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LARGEST", 2**20)
    monkeypatch.setattr(program, "A_LOOK", 0.02)
    repository = Repository(tmp_path / "there")
    blob = repository.git("hash-object", "-w", "--stdin", given=b"x\n")
    tree = repository.git("mktree", given="".join(f"100644 blob {blob}\tf{n}\n" for n in range(10)).encode())
    for _ in range(5):  # a million files in a few kilobytes
        tree = repository.git("mktree", given="".join(f"040000 tree {tree}\td{n}\n" for n in range(10)).encode())
    with pytest.raises(program.GitError, match="which is not read"):
        program.git(["ls-tree", "-r", "-z", tree], repository.folder)


def test_a_command_of_git_has_its_share_of_memory_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "MEMORY", 2**26)
    shown = program._run(["sh", "-c", "sleep 0.3; ulimit -d"], tmp_path, os.environ, b"", 10.0)
    assert shown == (0, b"65536\n", b"")  # in KiB


def test_what_a_command_is_given_reaches_it_however_often_it_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "A_LOOK", 0.01)
    given = b"line\n" * 200_000
    assert program._run(["sh", "-c", "sleep 0.1; cat"], tmp_path, os.environ, given, 30.0) == (0, given, b"")
    with pytest.raises(subprocess.TimeoutExpired):
        program._run(["sleep", "5"], tmp_path, os.environ, b"", 0.05)


# Reports -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "=cmd|'/C calc'!A0",
        "=Sheet1!$A$1",
        "=[x.xlsx]S!A1",
        "='http://a.b/[x.xlsx]S'!A1",
        " =cmd|'x'!A0",
        "\u200b=cmd|'x'!A0",
        "\t=cmd|'x'!A0",
        "Wow!B2 and words",
    ],
)
def test_the_title_of_a_chart_is_no_formula_in_a_workbook(said):
    charts = tuple(replace(one, title=said, unit=said) for section in REPORT.sections for one in section.charts)
    report = replace(REPORT, sections=(replace(REPORT.sections[0], charts=charts),))
    with ZipFile(BytesIO(formats.write(report, "xlsx"))) as book:
        drawn = [book.read(name).decode() for name in book.namelist() if "/charts/" in name]
    formulas = [formula for one in drawn for formula in re.findall("<c:f>([^<]*)</c:f>", one)]
    assert formulas and all(re.fullmatch(r"'?[\w -]+'?!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", one) for one in formulas)
    assert not any(one.startswith(("Sheet1!", "Wow!")) for one in formulas)


# Terminals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[/x]", "[/x]"),  # ends a style that nobody began
        ("[bold]x", "[bold]x"),
        ("[link=http://a.b]x[/link]", "[link=http://a.b]x[/link]"),
        (":smile:", ":smile:"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\x07b", "a\\x07b"),
        ("a\nb", "a\\nb"),
        ("a\u202eb", "a\\u202eb"),
    ],
)
def test_a_name_in_a_table_of_a_command_is_words(capsys, name, shown):
    tell.table([{"team": name}], ["team"])
    assert shown in capsys.readouterr().out
