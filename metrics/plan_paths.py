"""The code in the path of a plan: the files that the pull requests of its items changed."""

from metrics.model import Frame


def epic_paths(
    linked_issue_facts: Frame, file_change_facts: Frame, knowledge_facts: Frame, epic_item_facts: Frame
) -> Frame:
    """One row per epic whose items' pull requests changed files: plan (the epic), files, alone (of them by one author).

    Who that is, is not said.
    """
    return _paths(linked_issue_facts, file_change_facts, knowledge_facts, epic_item_facts)


def version_paths(
    linked_issue_facts: Frame, file_change_facts: Frame, knowledge_facts: Frame, version_item_facts: Frame
) -> Frame:
    """The same of versions."""
    return _paths(linked_issue_facts, file_change_facts, knowledge_facts, version_item_facts)


def _paths(linked_issues: Frame, file_changes: Frame, knowledge: Frame, items: Frame) -> Frame:
    changed = linked_issues.dropna(subset="issue")[["issue", "key"]].astype({"issue": "int64"})
    here = items.loc[items["end"].isna(), ["item", "epic"]].merge(changed, left_on="item", right_on="issue")
    touched = file_changes[["change", "key"]].rename(columns={"key": "file"})
    pairs = here.merge(touched, left_on="key", right_on="change")[["epic", "file"]].drop_duplicates()
    authors = knowledge[knowledge["until"].isna()].drop_duplicates("key").set_index("key")["authors"]
    pairs["authors"] = authors.reindex(pairs["file"]).to_numpy()
    pairs = pairs[pairs["authors"].notna()]
    alone = (pairs["authors"] == 1).groupby(pairs["epic"]).sum()
    found = alone.rename("alone").rename_axis("plan").reset_index()
    return found.assign(files=pairs.groupby("epic").size().to_numpy())[["plan", "files", "alone"]]
