"""A wrong configuration: every command ends with exit code 2 and one line, before anything is read or written."""

import re

import pytest
from conftest import NOW

from connectors.__main__ import main as connectors
from data import config
from data.__main__ import main as data
from data.checks import INDICATORS
from data.errors import ConfigError
from metrics import docs
from metrics.__main__ import main as metrics
from reports.__main__ import main as reports

WRONG = {  # what the file says, and the key and the words that name what is wrong
    "an unknown indicator with a target": (
        "[targets.pr_sise]\nvalue = 1\nsource = 'x'",
        "targets.pr_sise: there is no such indicator; did you mean 'pr_size'?",
    ),
    "an unknown indicator with a gate": ("[gates]\npr_sise = 1", "gates.pr_sise: there is no such indicator"),
    "a gate of an indicator that decides nothing": ("[gates]\nthroughput = 1", "gates.throughput: it never decides"),
    "two teams of one name": (
        "[teams.a]\nname = 'Payments'\n[teams.b]\nname = 'Payments'",
        "teams.b: 'Payments' is also the name of teams.a",
    ),
    "two teams of one name in other letters": (
        "[teams.a]\nname = 'Payments'\n[teams.b]\nname = 'PAYMENTS '",
        "teams.b: 'PAYMENTS ' is also the name of teams.a",
    ),
    "a team's name that is another one's key": (
        "[teams.pay]\n[teams.b]\nname = 'Pay'",
        "teams.b: 'Pay' is also the name of teams.pay",
    ),
    "two keys of teams in other letters": ("[teams.pay]\n[teams.Pay]\nname = 'Pay 2'", "teams.Pay: 'Pay 2' is also"),
    "a parent in other letters": (
        "[teams.a]\nparent = 'Product'\n[teams.product]",
        "teams.a.parent: no team 'Product'",
    ),
    "memberships that overlap": (
        "[teams.a]\nmembers = ['x']\n[teams.b]\nmembers = [{person = 'x', from = 2026-01-01}]",
        "teams.a.members: 'x' is also in teams.b at the same time",
    ),
    "an account used twice": (
        "[people.a]\ngithub = ['x']\n[people.b]\ngithub = ['X']",
        "people.*.github: 'x' is used twice",
    ),
    "an unknown key": ("[calendar]\ntimezon = 'UTC'", "calendar.timezon: unknown key"),
    "a wrong type": ("[incidents]\nwindow_days = '7'", "incidents.window_days: expected a valid integer, not '7'"),
    "an address of GitHub that is none": (
        "[[github]]\nbase_url = 'github acme'\nrepositories = ['a/b']",
        "github.0.base_url: 'github acme' is no address",
    ),
    "an address without a scheme": ("[[jira]]\nurl = 'acme.atlassian.net'", "jira.0.url: 'acme.atlassian.net' is no"),
    "an address of another scheme": ("[[jira]]\nurl = 'ftp://acme.example'", "jira.0.url: 'ftp://acme.example' is no"),
    "an address with a port that is none": ("[[jira]]\nurl = 'https://a.b:99999'", "jira.0.url: 'https://a.b:99999'"),
    "nothing to clone from": (
        "[[git]]\nrepository = 'a/b'\nurl = '--upload-pack=x'",
        "git.0.url: '--upload-pack=x' is nothing to clone from",
    ),
    "an e-mail address that is none": (
        "[report.email]\nhost = 'h'\nsender = 'nobody'\nto = ['a@b.c']",
        "report.email.sender: 'nobody' is no e-mail address",
    ),
    "an e-mail address of a person that is none": (
        "[people.a]\nemails = ['ana at acme']",
        "people.a.emails.0: 'ana at acme' is no e-mail address",
    ),
    "an unknown database": ("[store]\nurl = 'mysql://host/name'", "store.url: no store of the kind 'mysql'"),
    "a database that is no address": ("[store]\nurl = 'metrics.db'", "store.url: not the URL of a store: 'metrics.db'"),
}
COMMANDS = {
    "connectors sync": (connectors, ["sync", "--quiet", "--rows-only"]),
    "connectors check": (connectors, ["check"]),
    "connectors status": (connectors, ["status"]),
    "connectors demo": (connectors, ["demo", "--quiet", "--rows-only"]),
    "connectors demo --remove": (connectors, ["demo", "--remove"]),
    "metrics list": (metrics, ["list"]),
    "metrics show": (metrics, ["show", "pr_size"]),
    "metrics keep": (metrics, ["keep"]),
    "metrics scorecard": (metrics, ["scorecard"]),
    "metrics docs": (metrics, ["docs"]),
    "reports monthly": (reports, ["monthly"]),
    "reports weekly": (reports, ["weekly"]),
    "reports digest": (reports, ["digest"]),
    "reports list": (reports, ["list"]),
    "reports show": (reports, ["show", "abc"]),
    "data backup": (data, ["backup", "copy.db"]),
    "data restore": (data, ["restore", "copy.db"]),
    "data verify": (data, ["verify"]),
    "data forget": (data, ["forget", "ana"]),
}


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    """A file that says something, beside a store that is not there yet."""
    monkeypatch.delenv("PLUMBLINE_STORE", raising=False)
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.chdir(tmp_path)

    def named(text):
        file = tmp_path / "config.toml"
        file.write_text(text if "[store]" in text else f"[store]\nurl = 'sqlite:///{tmp_path}/metrics.db'\n{text}")
        monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
        return file

    return named


@pytest.mark.parametrize("what", WRONG)
def test_every_command_refuses_it_in_one_line_with_file_and_key_before_anything_is_read(wrong, what, capsys):
    text, words = WRONG[what]
    file = wrong(text)
    for name, (command, arguments) in COMMANDS.items():
        assert command(arguments) == 2, name
        streams = capsys.readouterr()
        assert streams.err.startswith(f"{file}: {words}") and streams.err.count("\n") == 1, (name, streams.err)
        assert streams.out == "" and [one.name for one in file.parent.iterdir()] == ["config.toml"], name


def test_a_store_that_the_environment_names_is_refused_by_its_variable(wrong, capsys, monkeypatch):
    wrong("")
    monkeypatch.setenv("PLUMBLINE_STORE", "oracle://ana:secret@host/name")
    for name, (command, arguments) in COMMANDS.items():
        assert command(arguments) == 2, name
        said = capsys.readouterr().err
        assert said.startswith("PLUMBLINE_STORE: no store of the kind 'oracle'") and "secret" not in said, name


def test_the_list_of_commands_is_whole(capsys):
    """A command that is added has to be tried here too."""
    for main, package in ((connectors, "connectors"), (metrics, "metrics"), (reports, "reports"), (data, "data")):
        with pytest.raises(SystemExit):
            main(["--help"])
        (listed,) = re.findall(r"^  (\w+(?: \| \w+)+)$", capsys.readouterr().out, re.MULTILINE)
        assert set(listed.split(" | ")) == {name.split()[1] for name in COMMANDS if name.startswith(package)}


@pytest.mark.parametrize(
    "text",
    [
        "[targets.pr_size]\nvalue = 1\nsource = 'x'\n[gates]\nreview_coverage = 90",
        "[teams.a]\nname = 'Payments'\n[teams.b]\nname = 'Payments 2'\n[teams.c]",
        "[[jira]]\nurl = 'http://localhost:8080/jira'",
        "[[git]]\nrepository = 'a/b'\nurl = 'git@host:a/b.git'\n[[git]]\nrepository = 'a/c'\nurl = '../clone'",
        "[report.email]\nhost = 'h'\nsender = 'Plumbline <p@acme.example>'\nto = ['a@b.c']",
    ],
)
def test_what_is_right_is_read(wrong, text):
    assert config.read(wrong(text)).file


def test_a_team_that_there_is_not_is_refused_by_name(wrong, capsys):
    wrong("[teams.payments]\nname = 'Money in'")
    for arguments in (["show", "pr_size", "--team", "Money"], ["scorecard", "--team", "paymints"]):
        assert metrics(arguments) == 2
        assert "there is no such team; expected one of payments" in capsys.readouterr().err


def test_the_nearest_name_is_only_given_where_one_is_near(wrong):
    with pytest.raises(ConfigError, match="`python -m metrics list` names them all"):
        config.read(wrong("[targets.zzzz]\nvalue = 1\nsource = 'x'"))


def test_the_names_that_a_configuration_may_say_are_those_of_the_catalogue():
    assert INDICATORS.read_text() == docs.names(), "stale: run `python -m metrics docs --write`"
