"""One fact row per change of the code: a pull request, or a commit that belongs to none."""

from metrics.model import Frame


def code_changes(file_change_facts: Frame) -> Frame:
    """One row per change.

    Columns: key (owner/name#12 or owner/name@hash), url, repository, team (that owns most of its files), at (its last
    commit), commits, files, touches_code (production code), touches_tests, left_out (the reason that holds for all of
    its files, or null).
    """
    rows = file_change_facts.assign(
        code=file_change_facts["is_code"] & ~file_change_facts["is_test"],
        test=file_change_facts["is_code"] & file_change_facts["is_test"],
        counts=file_change_facts["left_out"].isna(),
    )
    changes = rows.groupby("change", sort=False).agg(
        repository=("repository", "first"),
        url=("url", "first"),
        team=("team", "first"),
        at=("at", "max"),
        commits=("commit_id", "nunique"),
        files=("path", "nunique"),
        touches_code=("code", "any"),
        touches_tests=("test", "any"),
        counts=("counts", "any"),
        reason=("left_out", "first"),
    )
    changes["left_out"] = changes.pop("reason").where(~changes.pop("counts"))
    return changes.reset_index().rename(columns={"change": "key"})
