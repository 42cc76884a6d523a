"""What was taken for a deployment to production in each repository, what was not, and why."""

import pandas as pd

from metrics.deployment_candidates import EVENTS, candidates
from metrics.deployments import chosen
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.places import PLACE, places
from metrics.production import is_elsewhere, may_be_production

NAMED_BY = {"deployments": "environments", "workflow": "workflows", "releases": "tags", "tags": "tags"}
MANY = ("releases", "tags")  # each has a name of its own: they are counted together, with the latest as examples
EXAMPLES = 3
MERGES = "merges"
COLUMNS = {
    **dict.fromkeys(("repository", "team", "sources", "basis", "name"), "str"),
    "n": "int64",
    "is_taken": "bool",
    "why": "str",
}
SAME = ["repository", "basis", "is_taken", "why"]


def deployment_names(
    deployments: Frame,
    deployment_statuses: Frame,
    workflow_runs: Frame,
    releases: Frame,
    tags: Frame,
    repositories: Frame,
    deployment_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per environment, workflow, and kind of releases, tags and merges of a repository, taken or not.

    Columns: repository, team that owns it, sources (what was chosen there, in words; null where nothing was), basis
    (the kind of source), name (of releases and tags the latest), n (how many ended), is_taken (they are deployments to
    production), why (they are not, in words; empty where they are).
    """
    known = places(repositories)
    rows = candidates(deployments, deployment_statuses, workflow_runs, releases, tags, known, organisation)
    source = deployment_facts.drop_duplicates(PLACE).set_index(PLACE)["sources"]
    found = source.reindex(pd.MultiIndex.from_frame(rows[PLACE])).set_axis(rows.index).astype("str")
    is_taken = rows.index.isin(chosen(rows, organisation).index)
    rows = rows.assign(sources=found, is_taken=is_taken, name=rows["environment"])
    merges = deployment_facts[deployment_facts["basis"] == MERGES].assign(is_taken=True, name=MERGES, why="")
    every = pd.concat([rows.assign(why=_why(rows, organisation)), merges], ignore_index=True)
    every = _with_examples(every[every["repository"].notna()].sort_values("at", ascending=False, kind="stable"))
    counted = every.groupby([*SAME, "name"], as_index=False).agg(n=("id", "size"), sources=("sources", "first"))
    team = counted["repository"].map(organisation.owners.get("repository", {})).astype("str")
    order = {"repository": True, "is_taken": False, "basis": True, "n": False, "name": True}
    counted = counted.assign(team=team).sort_values(list(order), ascending=list(order.values()), ignore_index=True)
    return counted[list(COLUMNS)].astype(COLUMNS)


def _why(rows: Frame, organisation: Organisation) -> pd.Series:
    """Why each is no deployment to production; of several reasons the one that is written last."""
    name, basis = rows["name"].fillna("").astype("str"), rows["basis"]
    words = {
        "deployments": _of_environments(rows, name),
        "workflow": _of_workflows(rows),
        "tags": pd.Series("not the name of a released version", index=rows.index),
    }
    why = pd.Series("", index=rows.index, dtype="str")
    for kind, reason in words.items():
        why = why.mask(basis == kind, reason)
    why = why.mask(_has_globs(rows, organisation), "no glob of the configuration matches it")
    why = why.mask(rows["is_production"], "the source is " + rows["sources"].fillna("none, for none succeeded"))
    is_tool = rows["is_release_tool"] & rows["sources"].str.startswith("workflow").fillna(False)
    why = why.mask(rows["is_production"] & is_tool.astype(bool), "only called a release, and there are releases")
    return why.mask(rows["is_taken"], "").astype("str")


def _of_environments(rows: Frame, name: pd.Series) -> pd.Series:
    names = pd.Series(name[rows["basis"] == "deployments"].unique(), dtype="str")
    elsewhere, possible = (set(names[names.map(says).eq(True)]) for says in (is_elsewhere, may_be_production))
    better = rows["is_production"].groupby([rows[one] for one in (*PLACE, "basis")]).transform("any").astype(bool)
    why = pd.Series("its name does not say production", index=rows.index, dtype="str")
    why = why.mask(name.isin(possible), "several may be production, and no name says which")
    why = why.mask(name.isin(possible) & better, "another environment is production by its name")
    return why.mask(name.isin(elsewhere), "its name says that it is not production")


def _of_workflows(rows: Frame) -> pd.Series:
    named = pd.Series("not by its name and its file a deployment to production", index=rows.index, dtype="str")
    return named.mask(~rows["event"].isin(EVENTS), "begun by " + rows["event"].fillna("nothing known"))


def _has_globs(rows: Frame, organisation: Organisation) -> pd.Series:
    """Whether the configuration names what counts in this repository, of this kind of source."""
    found = pd.Series(False, index=rows.index)
    for basis, key in NAMED_BY.items():
        named = [place.lower() for place, one in organisation.deployment_names.items() if getattr(one, key)]
        found |= (rows["basis"] == basis) & rows["spelling"].isin(named)
    return found


def _with_examples(rows: Frame) -> Frame:
    """Releases and tags under one name: the latest of those that share a fate; `rows` begin with the latest."""
    many = rows[rows["basis"].isin(MANY)]
    examples = many.groupby(SAME).head(EXAMPLES).groupby(SAME)["id"].agg(", ".join).rename("examples").reset_index()
    counts = many.groupby(SAME).size().rename("all").reset_index()
    examples = examples.merge(counts, on=SAME)
    examples["examples"] = examples["examples"].mask(examples["all"] > EXAMPLES, examples["examples"] + " …")
    found = rows.merge(examples.drop(columns="all"), on=SAME, how="left")
    return found.assign(name=found["examples"].astype("str").fillna(found["name"].astype("str")).fillna("(no name)"))
