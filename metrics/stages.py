"""The stages of work: every status of an issue's history as queue, active, review, blocked or done."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.timelines import changes_of, timeline

QUEUE, ACTIVE, REVIEW, BLOCKED, DONE = "queue", "active", "review", "blocked", "done"
UNMAPPED = "unmapped"
STARTS = (ACTIVE, REVIEW)
WAITING = (QUEUE, BLOCKED)
OF_CATEGORY = {"new": QUEUE, "active": ACTIVE, "done": DONE}
OF_CODE_HOST = {"open": "new", "closed": "done"}
OF_COLUMN = {"review": REVIEW, "blocked": BLOCKED, "on hold": BLOCKED, "ready": QUEUE, "waiting": QUEUE}
PLACE = ["source", "project", "status_id"]


def status_times(
    issues: Frame, issue_changes: Frame, statuses: Frame, boards: Frame, organisation: Organisation
) -> Frame:
    """One row per issue and stretch of time in one status, in order.

    Columns: item (the issue's position), source, project, status_id, status (its name now), category (new, active,
    done; null for a status that is no longer listed), stage, is_named (the stage is the configuration's or a board
    column's word), starts (work counts as started there), is_done, start, end (null: still).
    """
    issues = issues.reset_index(drop=True)
    ordered = changes_of(issues, issue_changes, "status")
    for side in ("from", "to"):  # a code host has words and no ids
        ordered[f"{side}_id"] = ordered[f"{side}_id"].fillna(ordered[f"{side}_text"])
    times = timeline(issues, ordered, issues["status_id"].fillna(issues["status"]))
    times = times.rename(columns={"value": "status_id"})
    times[["source", "project"]] = issues[["source", "project"]].reindex(times["item"]).to_numpy()
    places = _staged(times[PLACE].drop_duplicates(), ordered, statuses, boards, organisation)
    return times.merge(places, on=PLACE, how="left", sort=False)


def _staged(places: Frame, ordered: Frame, statuses: Frame, boards: Frame, organisation: Organisation) -> Frame:
    """What each status means in each project: its words first, then the board's column, then its category."""
    listed = statuses.drop_duplicates(["source", "id"]).rename(columns={"id": "status_id", "name": "status"})
    places = places.merge(listed[["source", "status_id", "status", "category"]], on=["source", "status_id"], how="left")
    places["category"] = places["category"].fillna(places["status_id"].map(OF_CODE_HOST)).astype("str")
    last_words = ordered.drop_duplicates(["source", "to_id"], keep="last").set_index(["source", "to_id"])["to_text"]
    spoken = last_words.reindex(pd.MultiIndex.from_frame(places[["source", "status_id"]])).to_numpy()
    places["status"] = places["status"].fillna(pd.Series(spoken, index=places.index)).fillna(places["status_id"])
    said = _configured(places, organisation)
    usual = places["category"].map(OF_CATEGORY)
    column = _by_column(places, boards).where(usual == ACTIVE)
    places["stage"] = said.fillna(column).fillna(usual).astype("str")
    places["is_named"] = said.notna() | column.notna()
    places["is_configured"] = said.notna()
    places["starts"] = said.isin(STARTS) | (said.isna() & (usual == ACTIVE))
    places["is_done"] = places["stage"] == DONE
    return places.astype({"starts": bool, "is_done": bool})


def _configured(places: Frame, organisation: Organisation) -> pd.Series:
    words = places["status"].str.lower()
    projects = places["project"].where(places["project"].isin(list(organisation.stages)))
    answer = pd.Series(None, index=places.index, dtype="str")
    for project in projects.dropna().unique():
        mine = projects == project
        answer[mine] = words[mine].map(organisation.stages[project]).astype("str")
    return answer.where(projects.notna(), words.map(organisation.stages.get("default", {}))).astype("str")


def _by_column(places: Frame, boards: Frame) -> pd.Series:
    """The stage that the name of a status's board column tells."""
    columns = boards[["source", "columns"]].explode("columns")
    told = [
        (source, status, stage)
        for source, column in columns.itertuples(index=False)
        if isinstance(column, dict)
        for word, stage in OF_COLUMN.items()
        if word in str(column.get("name", "")).lower()
        for status in column.get("statuses", ())
    ]
    known = pd.DataFrame(told, columns=["source", "status_id", "stage"]).drop_duplicates(["source", "status_id"])
    pairs = pd.MultiIndex.from_frame(places[["source", "status_id"]])
    found = known.set_index(["source", "status_id"])["stage"].reindex(pairs)
    return pd.Series(found.to_numpy(), index=places.index, dtype="str")


def unmapped_statuses(status_times: Frame) -> Frame:
    """The statuses in use that [stages] does not name: project, status, category, stage taken, issues now in it.

    What is to be done yet needs no name. Where [stages] is left out altogether, only those that Jira itself no longer
    puts in a category.
    """
    here = status_times.assign(now=status_times["end"].isna())
    keys = ["project", "status_id", "status", "category", "stage", "is_configured"]
    places = here.groupby(keys, dropna=False, as_index=False)["now"].sum()
    unnamed = ~places["is_configured"] & (places["category"].fillna("") != "new")
    wanted = unnamed if places["is_configured"].any() else places["category"].isna()
    chosen = places[wanted].sort_values(["now", "project", "status"], ascending=[False, True, True])
    return pd.DataFrame(chosen.drop(columns="is_configured")).reset_index(drop=True)
