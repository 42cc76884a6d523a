"""The configuration: what it accepts, and how it says what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from data import config
from data.errors import ConfigError

EXAMPLE = Path(config.__file__).parent / "config.example.toml"


def read(tmp_path, text):
    file = tmp_path / "config.toml"
    file.write_text(text)
    return config.read(file)


def test_the_example_is_a_configuration():
    example = config.read(EXAMPLE)
    assert example.github and example.jira and example.git and example.teams and example.people
    assert example.teams["payments"].memberships[0].until == date(2026, 3, 1)


def test_no_file_means_the_defaults(monkeypatch, tmp_path):
    monkeypatch.delenv("PLUMBLINE_CONFIG", raising=False)
    monkeypatch.delenv("PLUMBLINE_STORE", raising=False)
    monkeypatch.setattr(config, "DEFAULT_FILE", tmp_path / "none.toml")
    settings = config.read()
    assert settings.store_url.endswith("data/metrics.db") and not settings.has_sources
    assert (settings.calendar.timezone, settings.privacy.minimum_team_size) == ("UTC", 3)


def test_the_environment_names_the_file_and_the_store(monkeypatch, tmp_path):
    file = tmp_path / "other.toml"
    file.write_text('[store]\nurl = "sqlite:///a.db"\n')
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    monkeypatch.delenv("PLUMBLINE_STORE", raising=False)
    assert config.read().store_url == "sqlite:///a.db"
    monkeypatch.setenv("PLUMBLINE_STORE", "sqlite:///b.db")
    assert config.read().store_url == "sqlite:///b.db"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[stor]\nurl = ''", "stor: unknown key"),
        ("[store]\nurll = ''", "store.urll: unknown key"),
        ("digest = 'x'", "digest: unknown key"),
        ("[[github]]\nrepositories = 'a/b'", "github.0.repositories: expected a list, not 'a/b'"),
        ("[[github]]\nrepositories = 'https://ana:pw@host/a'", "expected a list, not 'https://[*]{3}@host/a'"),
        ("[[github]]\nrepositories = ['ab']", "'ab' is no repository; expected 'owner/name'"),
        ("[[github]]\n", "names neither repositories nor an organization"),
        ("[[github]]\nrepositories=['a/b']\napp_id=1", "needs app_id, installation_id and private_key_env"),
        ("[[github]]\nrepositories=['a/b']\n[[github]]\nrepositories=['a/b']", "'a/b' is used twice"),
        ("[[jira]]\nprojects=['A']", "jira.0.url: is missing"),
        ("[calendar]\ntimezone = 'Mars/Phobos'", "calendar.timezone: 'Mars/Phobos' is no time zone"),
        ("[calendar]\nweek_starts = 'today'", "calendar.week_starts: expected 'monday'"),
        ("[privacy]\nminimum_team_size = 2", "privacy.minimum_team_size: expected greater than or equal to 3, not 2"),
        ("[privacy]\nminimum_team_size = '5'", "privacy.minimum_team_size: expected a valid integer, not '5'"),
        ("[teams.a]\nworking_hours = ['9', '17:00']", "'9' is no time of day"),
        ("[teams.a]\nholidays = 'Atlantis'", "'Atlantis' is no country"),
        ("[teams.a]\nparent = 'b'", "teams.a.parent: no team 'b'"),
        ("[teams.a]\nparent = 'b'\n[teams.b]\nparent = 'a'", "are each other's parents"),
        ("[teams.a]\nmembers = [{persn = 'x'}]", "teams.a.members.0.person: is missing"),
        (
            "[teams.a]\nmembers=[{person='x', from=2026-02-01, until=2026-01-01}]",
            r"ends \(2026-01-01\) before it begins",
        ),
        ("[teams.a]\nmembers=['x']\n[teams.b]\nmembers=['x']", "'x' is also in teams.b at the same time"),
        ("[teams.a]\nmembers=['x', 'x']", "'x' is also in teams.a at the same time"),
        (
            "[teams.a]\nrepositories=['o/r']\n[teams.b]\nrepositories=['o/r']",
            "'o/r' is used twice; it belongs to one team",
        ),
        (
            "[people.a]\nemails=['A@x.y']\n[people.b]\nemails=['a@x.y']",
            "'a@x.y' is used twice; an account belongs to one",
        ),
        ("[targets.pr_size]\nvalue=1", "source: is missing"),
        ("[targets.pr_size]\nvalue=1\nlow=2\nsource='x'", "either one value or a band"),
        ("[adoption.a]\nname='A'", "a rule names either a path or a dependency"),
        ("[adoption.a]\npath='a'\nleast_version='2'", "'2' is no version of a dependency"),
        ("[adoption.a]\ndependency='a'\nleast_version='>=2'", "'>=2' is no version of a dependency"),
        ('[deployments."o/r"]\nsource="magic"', "expected 'deployments', 'workflow'"),
        ("[work_mix.plan]\nfun = 3", "work_mix.plan.fun"),
        ("not toml at all", "is not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_what_was_expected(tmp_path, text, words):
    with pytest.raises(ConfigError, match=words) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error_when_it_was_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        config.read(tmp_path / "nowhere.toml")


def test_memberships_may_follow_each_other_or_share_a_person(tmp_path):
    settings = read(
        tmp_path,
        """
        [teams.a]
        members = [{person = "x", until = 2026-01-01}, {person = "y", share = 0.5}]
        [teams.b]
        members = [{person = "x", from = 2026-01-01}, {person = "y", share = 0.5}]
        """,
    )
    assert len(settings.teams["b"].memberships) == 2


def test_each_server_is_a_source_with_a_name_of_its_own(tmp_path):
    settings = read(
        tmp_path,
        """
        [[github]]
        repositories = ["a/b"]
        [[github]]
        repositories = ["c/d"]
        [[github]]
        base_url = "https://git.acme.example/api/v3"
        repositories = ["e/f"]
        """,
    )
    assert [entry.name for entry in settings.github] == ["github", "github", "github@git.acme.example"]
    with pytest.raises(ConfigError, match="'x' is used twice; give each server its own name"):
        read(tmp_path, '[[jira]]\nurl="https://a.b"\nname="x"\n[[jira]]\nurl="https://c.d"\nname="x"')


def test_secrets_come_from_the_environment_or_the_secrets_file(monkeypatch, tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('JIRA_TOKEN = "from file"\n')
    monkeypatch.setattr(config, "SECRETS", secrets)
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    assert config.secret("JIRA_TOKEN") == "from file"
    monkeypatch.setenv("JIRA_TOKEN", "from environment")
    assert config.secret("JIRA_TOKEN") == "from environment"
    assert config.secret("NO_SUCH") is None


def test_two_targets_of_one_indicator_are_dated(tmp_path):
    settings = read(
        tmp_path,
        """
        [[targets.time_to_first_review]]
        value = 12
        source = "first agreement"
        [[targets.time_to_first_review]]
        value = 8
        source = "team agreement 2026-01"
        from = 2026-01-01
        """,
    )
    assert [target.value for target in settings.targets["time_to_first_review"]] == [12, 8]
