"""What was taken for a deployment to production, what was not, and the incidents that none can be blamed for."""

import pandas as pd
import streamlit as st

from metrics.model import Frame
from pages.ui.plain_table import Cell, lines, table
from pages.ui.rows import csv_of_list, download, listing
from pages.ui.view import View

REPOSITORIES, NAMES = 50, 8  # that are shown; the file has all
KINDS = {
    "deployments": "environments: ",
    "workflow": "workflows: ",
    "releases": "releases: ",
    "tags": "tags: ",
    "merges": "",
}
HEADS = {"title": "title", "started_at": st.column_config.DatetimeColumn("began at (UTC)", format="YYYY-MM-DD HH:mm")}
CONCERNS = {"service": "service", "deployment_id": "deployment that it names", "why": "why none is blamed"}


def show(view: View) -> None:
    """For each repository what counts as a deployment to production, and why the rest does not."""
    st.subheader("Deployments to production")
    names = _chosen(view, view.loaded.facts["deployment_names"])
    if names.empty:
        st.caption("No deployments, workflow runs, releases, tags or merges are known here.")
    else:
        _taken(names)
    incidents = _chosen(view, view.loaded.facts["unmatched_incidents"])
    st.subheader(f"Incidents without a deployment: {len(incidents):,}")
    if incidents.empty:
        st.caption("Every incident has a service, and those that name a deployment name one of its own.")
        return
    st.caption("They fail no deployment, and are counted beside the change fail rate.")
    latest = incidents.sort_values("started_at", ascending=False, ignore_index=True)
    listing(latest, HEADS | CONCERNS, "unmatched-incidents", "incidents without a deployment", "incident")


def _chosen(view: View, rows: Frame) -> Frame:
    """Those of the team and the repository that are chosen."""
    for column, wanted in (("team", view.scope.team), ("repository", view.scope.repository)):
        rows = rows[rows[column] == wanted] if wanted else rows
    return rows


def _taken(names: Frame) -> None:
    """A row for each repository, those with most names first."""
    each = dict(list(names.groupby("repository")))
    first = sorted(each, key=lambda name: (-len(each[name]), name))[:REPOSITORIES]
    table(
        f"{len(first)} of {len(each)} repositories. The first source that has a success counts, and names say what is "
        "production, unless [deployments] in the configuration says otherwise. In brackets: how many ended.",
        ["repository", "source", "taken for production", "not taken, and why"],
        [_row(name, each[name]) for name in first],
    )
    download(f"CSV of these {len(names):,} names", lambda: csv_of_list(names), "deployment-names")


def _row(repository: str, names: Frame) -> list[Cell]:
    sources = names["sources"].dropna()
    source = sources.iloc[0] if len(sources) else "none that had a success"
    taken = names["is_taken"]
    return [repository, source, _listed(names[taken]), _listed(names[~taken])]


def _listed(names: Frame) -> Cell:
    """A line for each kind and reason."""
    if names.empty:
        return "–"
    return lines(*(_line(some) for _, some in names.groupby(["basis", "why"])))


def _line(names: pd.DataFrame) -> str:
    counted = names["name"] + " (" + names["n"].map("{:,}".format) + ")"
    more = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
    basis, why = names["basis"].iloc[0], names["why"].iloc[0]
    return KINDS[basis] + ", ".join(counted[:NAMES]) + more + (f": {why}" if why else "")
