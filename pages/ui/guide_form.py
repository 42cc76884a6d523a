"""The questions of the guide: GitHub, Jira, git and teams; of secrets only the names of their variables."""

import pandas as pd
import streamlit as st

from data import config
from data.first_config import Answers
from pages.ui.plain_table import table

GITHUB = "https://api.github.com"
TEAM = ("team", "members", "repositories", "Jira projects")


def asked() -> Answers:
    """What was answered so far."""
    with st.expander("GitHub", expanded=True):
        repositories = _lines(st.text_area("Repositories, one a line: owner/name", key="guide-repositories", height=90))
        organization = st.text_input("Or a whole organisation", key="guide-organization").strip()
        left, right = st.columns(2)
        github_url = left.text_input(
            "Address, if it is your own server", key="guide-github", placeholder=GITHUB
        ).strip()
        github_token = right.text_input("Variable that holds the token", "GITHUB_TOKEN", key="guide-github-token")
    with st.expander("Jira"):
        left, right = st.columns(2)
        jira_url = left.text_input("Address", key="guide-jira", placeholder="https://acme.atlassian.net").strip()
        projects = _words(right.text_input("Projects, by key", key="guide-projects", placeholder="PAY, CORE"))
        jira_token = left.text_input("Variable that holds the token", "JIRA_TOKEN", key="guide-jira-token")
        jira_user = right.text_input(
            "Variable with the user (Cloud only)", key="guide-jira-user", placeholder="JIRA_USER"
        )
    with st.expander("git, for the history of the code"):
        lines = _lines(
            st.text_area("One a line: owner/name and the path or URL of a clone", key="guide-git", height=90)
        )
        clones = {
            repository: place.strip() for repository, _, place in (line.partition(" ") for line in lines) if place
        }
    return Answers(
        repositories=repositories,
        organization=organization,
        github_url=github_url,
        github_token=github_token.strip(),
        jira_url=jira_url,
        projects=projects,
        jira_token=jira_token.strip(),
        jira_user=jira_user.strip(),
        clones=clones,
        teams=_teams(),
    )


def _teams() -> dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    with st.expander("Teams"):
        st.caption(
            "Members by their login, several with commas. What a team owns counts for it where nobody is listed."
        )
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in TEAM})
        rows = st.data_editor(empty, num_rows="dynamic", hide_index=True, key="guide-teams", width="stretch")
    filled = rows.fillna("")
    return {
        name.strip(): (_words(members), _words(repositories), _words(projects))
        for name, members, repositories, projects in filled.itertuples(index=False, name=None)
        if name.strip()
    }


def secrets(names: tuple[str, ...]) -> None:
    """Whether each variable is set where the app runs; its value is never shown."""
    rows = [
        [name, "set" if config.secret(name) else f"not set: export {name}=… before you start the app"] for name in names
    ]
    if rows:
        table("Secrets stay in the environment of the app.", ["variable", "state"], rows)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
