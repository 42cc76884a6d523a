"""Adoption of technologies and practices: which active repositories meet the rules that the configuration declares."""

import pandas as pd

from metrics.dependencies import version_order
from metrics.files import as_expression, repository_names
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.month_ends import held, moments
from metrics.observations import observe, unless_missing
from metrics.organisation import BOT, UNASSIGNED, AdoptionRule, Organisation

IDLE = pd.Timedelta(days=180)
COLUMNS = ["key", "repository", "team", "rule", "is_met", "left_out"]


def adoptions(
    file_change_facts: Frame, files: Frame, dependencies: Frame, repositories: Frame, organisation: Organisation
) -> Frame:
    """One row per active repository, rule and month's end: key (owner/name: rule), repository, team (its owner), rule,
    at, until, is_met, and left_out ("no pinned version": it uses the dependency, nothing says in which version).

    Active: a commit of a person in 180 days, and not archived. A file counts from its first change on; those that were
    deleted since are not known.
    """
    there = pd.DataFrame({"repository": repository_names(files, repositories), "path": files["id"]})
    first = file_change_facts.groupby("key")["at"].min()
    there["born"] = first.reindex(there["repository"] + ":" + there["path"]).set_axis(there.index)
    used = dependencies.assign(repository=repository_names(dependencies, repositories))
    archived = repositories.loc[repositories["is_archived"].fillna(False).astype(bool), "name"]
    by_people = (file_change_facts["left_out"] != BOT).fillna(True).astype(bool)
    work = file_change_facts.loc[by_people & ~file_change_facts["repository"].isin(archived), ["repository", "at"]]
    owners = organisation.owners.get("repository", {})

    def state(at: pd.Timestamp) -> Frame:
        active = pd.Series(work.loc[(work["at"] > at - IDLE) & (work["at"] <= at), "repository"].unique(), dtype="str")
        present = there[there["born"].isna() | (there["born"] <= at)]
        needs = used[(used["since"] <= at) & (used["until"].isna() | (used["until"] > at))]
        rows = [_met(rule, active, present, needs) for rule in organisation.adoption]
        found = pd.concat([pd.DataFrame(columns=COLUMNS).astype({"is_met": "bool"}), *rows], ignore_index=True)
        found["team"] = found["repository"].map(owners).astype("str").fillna(UNASSIGNED)
        return found.astype({"key": "str", "repository": "str", "team": "str", "rule": "str", "left_out": "str"})

    return held(state, moments(file_change_facts))


def _met(rule: AdoptionRule, active: pd.Series, files: Frame, dependencies: Frame) -> Frame:
    """Whether each active repository meets a rule: in every place that uses a dependency, where it is one."""
    rows = pd.DataFrame({"repository": active, "rule": rule.name, "key": active + ": " + rule.name, "left_out": None})
    if rule.path:
        matching = files.loc[files["path"].str.fullmatch(as_expression(rule.path)), "repository"]
        return rows.assign(is_met=active.isin(matching))
    used = dependencies[dependencies["name"].str.lower() == rule.dependency]
    is_used = active.isin(used["repository"])
    if not rule.least_version:
        return rows.assign(is_met=is_used)
    pinned = used[used["version"].notna()]
    least = version_order(rule.least_version)
    old = [version_order(version.removeprefix("=")) < least for version in pinned["version"]]
    too_old = active.isin(pinned.loc[pd.Series(old, index=pinned.index, dtype="bool"), "repository"])
    unknown = is_used & ~too_old & active.isin(used.loc[used["version"].isna(), "repository"])
    rows["left_out"] = rows["left_out"].mask(unknown, "no pinned version")
    return rows.assign(is_met=is_used & ~too_old)


def tech_adoption(adoptions: Frame) -> Observations:
    """Of the active repositories, the share that meets what the configuration declares in [adoption]: a file at a path
    (code, a workflow, a configuration), or a dependency in use, of at least a version; each rule counts for itself.

    Active: a commit of a person in 180 days, and not archived. Taken at each month's end, of today's files.
    """
    rows = adoptions
    unpinned = {"no pinned version": rows["left_out"] == "no pinned version"}
    seen = observe(rows, at=rows["at"], until=rows["until"], value=rows["is_met"].astype("float64"), excluded=unpinned)
    return unless_missing(seen, rows.empty, Reason.UNMAPPED)


INDICATORS = (
    Indicator(
        "tech_adoption",
        "Adoption of declared technologies",
        objective=Objective.TECHNICAL_INNOVATION,
        family=Family.TECH_DEBT,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.OPEN_RATE,
        formula=tech_adoption,
        misuse="To have adopted something is not to have gained by it.",
    ),
)
