"""The first-run guide: sources and teams as a file, a check of what is reached, and the first sync."""

import streamlit as st

from data import config, first_config
from data.errors import ConfigError
from data.redaction import redacted
from pages.ui import commands, demonstration, guide_form, syncing
from pages.ui.plain_table import table
from pages.ui.sign_in import Role, may, require
from pages.ui.view import View
from pages.ui.words import literal

CHECK, REMOVE = "check", "remove"
PERMISSIONS = """\
**GitHub**: a fine-grained token with read access to contents, issues, pull requests, deployments, actions and metadata;
or a GitHub App with the same. **Jira Cloud**: an e-mail address and an API token; **Data Center**: a bearer token.
**git**: a clone on this machine, or a URL that this machine may fetch.
"""


def show(view: View) -> None:
    """The steps in order; where there is a file already, only what it reads."""
    if not may(Role.ADMIN):
        st.info("Only an administrator may connect sources here.")
        return
    st.markdown("##### 1 · What to read")
    _sources(view)
    st.markdown("##### 2 · What is reached")
    _check(view)
    st.markdown("##### 3 · The first sync")
    _sync(view)


def _sources(view: View) -> None:
    settings = config.read()
    if settings.file is not None and settings.has_sources:
        st.success(f"The configuration {settings.file.name} names what to read.")
        table("Sources of the configuration.", ["source", "what"], _configured(settings))
        st.caption(
            "Change it in the file: data/config.example.toml shows every key. The app reads it at the next click."
        )
        return
    in_app, by_file = st.tabs(["In the app", "By file"])
    with by_file:
        st.markdown("Copy `data/config.example.toml` to `data/config.toml`, keep what you need, and reload this page.")
        st.code("cp data/config.example.toml data/config.toml", language="shell")
    with in_app:
        st.markdown(PERMISSIONS)
        _form()


def _configured(settings: config.Config) -> list[list[str]]:
    github = [["GitHub", ", ".join(one.repositories) or one.organization] for one in settings.github]
    jira = [["Jira", f"{one.url}: {', '.join(one.projects) or 'every project'}"] for one in settings.jira]
    git = [["git", f"{one.repository} from {one.path or one.url}"] for one in settings.git]
    teams = [["teams", ", ".join(team.name or key for key, team in settings.teams.items())]] if settings.teams else []
    return [[kind, redacted(what)] for kind, what in (*github, *jira, *git, *teams)]


def _form() -> None:
    answers = guide_form.asked()
    if not (answers.repositories or answers.organization or answers.jira_url or answers.clones):
        st.caption("Name at least one source: the file is shown here before it is written.")
        return
    try:
        text = first_config.toml_of(answers)
        first_config.check(text)
    except ConfigError as error:
        st.error(str(error))
        return
    guide_form.secrets(answers.variables)
    st.markdown("This will be the file:")
    st.code(text, language="toml")
    if st.button(f"Write {first_config.place().name}", type="primary"):
        require(Role.ADMIN)
        try:
            first_config.write(text)
        except ConfigError as error:
            st.error(str(error))
        else:
            st.rerun()


def _check(view: View) -> None:
    """Start the check in its own process and show what it found."""
    running = commands.started(view.source.url)
    ready = config.read().has_sources
    if st.button("Check", disabled=not ready or _busy(view, CHECK), help="Tokens, permissions, repositories, projects"):
        running[CHECK] = commands.start_for_administrator("check")
    if CHECK in running:
        _found(view)
    elif not ready:
        st.caption("First say what to read.")


@st.fragment(run_every=1.0)
def _found(view: View) -> None:
    check = commands.started(view.source.url)[CHECK]
    rows = [line for line in (_finding(one) for one in check.answer.splitlines()) if line]
    if rows:
        table("What the check found.", ["result", "where", "what"], rows)
    if check.is_running:
        st.caption("Looking …")
    elif not rows:
        st.error(literal(check.failure) or "The check said nothing.")
    else:
        failed = sum(row[0] == "failed" for row in rows)
        st.error(f"{failed} not reached: mend these first.") if failed else st.success("Everything is reached.")


def _finding(line: str) -> list[str]:
    """One line of the check: its mark, its source and subject, what it says."""
    mark, _, rest = line.partition(" ")
    where, _, what = rest.strip().partition(": ")
    return [mark, where, what] if what else []


def _sync(view: View) -> None:
    """The demonstration goes first, then the sync starts; its progress stays on this page."""
    running = commands.started(view.source.url)
    if not config.read().has_sources:
        st.caption("First say what to read.")
        return
    if view.is_demonstration:
        st.markdown("The store holds the demonstration organisation. It makes room for yours; it can be loaded again.")
        if st.button("Remove the demonstration", disabled=_busy(view, REMOVE)):
            running[REMOVE] = commands.start_for_administrator("demo", "--remove", "--quiet")
            running.pop(demonstration.NAME, None)
        if REMOVE in running and running[REMOVE].failure:
            st.error(literal(running[REMOVE].failure))
        return
    syncing.button(view)
    syncing.streams(view.source.url)


def _busy(view: View, name: str) -> bool:
    running = commands.started(view.source.url)
    return name in running and running[name].is_running
