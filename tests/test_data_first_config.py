"""The file that the guide writes says exactly what was answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import first_config
from data.errors import ConfigError
from data.first_config import Answers

ALL = Answers(
    repositories=("acme/app", "acme/web"),
    jira_url="https://acme.atlassian.net",
    projects=("PAY",),
    jira_user="JIRA_USER",
    clones={"acme/app": "../app", "acme/web": "https://git.example/acme/web"},
    teams={"Web & Shop": (("ana", "ben"), ("acme/web",), ("PAY",))},
)


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    monkeypatch.delenv("PLUMBLINE_STORE", raising=False)
    return file


def test_the_file_configures_what_was_answered(file):
    assert first_config.write(first_config.toml_of(ALL)) == file
    settings = first_config.check(file.read_text())
    (github,), (jira,), (app, web) = settings.github, settings.jira, settings.git
    assert github.repositories == ("acme/app", "acme/web") and github.token_env == "GITHUB_TOKEN"
    assert (jira.projects, jira.user_env) == (("PAY",), "JIRA_USER")
    assert (app.path, web.url) == ("../app", "https://git.example/acme/web")
    team = settings.teams["web-shop"]
    assert team.name == "Web & Shop" and [one.person for one in team.memberships] == ["ana", "ben"]


def test_a_secret_is_never_written(file):
    for secret in ("ghp_0123456789abcdefghij", "a secret", "'; DROP"):
        with pytest.raises(ConfigError, match="never the secret itself"):
            first_config.toml_of(Answers(repositories=("acme/app",), github_token=secret))
    assert ALL.variables == ("GITHUB_TOKEN", "JIRA_TOKEN", "JIRA_USER")


def test_a_file_of_ones_own_is_never_overwritten(file):
    file.write_text("[calendar]\ntimezone = 'UTC'\n")
    with pytest.raises(ConfigError, match="written by hand"):
        first_config.write(first_config.toml_of(ALL))
    assert file.read_text().startswith("[calendar]")


def test_what_the_guide_wrote_it_may_write_again(file):
    first_config.write(first_config.toml_of(ALL))
    first_config.write(first_config.toml_of(Answers(organization="acme")))
    assert first_config.check(file.read_text()).github[0].organization == "acme"
    assert list(file.parent.iterdir()) == [file]  # nothing is left lying about


def test_wrong_answers_are_refused_in_words_and_nothing_is_written(file):
    with pytest.raises(ConfigError, match="the answers: github"):
        first_config.write(first_config.toml_of(Answers(repositories=("no slash",))))
    assert not file.exists()


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\r" not in text))
def test_any_name_of_a_team_survives_the_file(name):
    text = first_config.toml_of(Answers(repositories=("acme/app",), teams={name: (("ana",), (), ())}))
    (team,) = first_config.check(text).teams.values()
    assert team.name == name
