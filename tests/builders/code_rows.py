"""Hand-made rows of a git history: commits with what they changed, and the files that are there."""

from rows import NOW, at, row


def commit(position, when, *paths, who="ana", **more):
    """A commit of acme/app and a row for each path that it changed, one line each; old → new is a rename."""
    id_ = more.pop("id", f"{position:040x}")
    lines = more.pop("lines", 1)
    email = who if "@" in who else f"{who}@acme.example"
    usual = {
        "source": "git", "repository_id": "acme/app", "id": id_, "position": position, "parents": 1, "mentions": [],
        "author_name": who, "author_email": email, "authored_at": at(when), "committed_at": at(when),
        "headline": f"Change {position}", "co_authors": [], "changed_files": len(paths), "is_reformat": False,
    }  # fmt: skip
    changes = []
    for path in paths:
        old, arrow, new = path.partition(" → ")
        about = {"source": "git", "repository_id": "acme/app", "commit_id": id_, "additions": lines, "deletions": 0}
        changes.append(row("file_changes", **about, id=new if arrow else old, old_path=old if arrow else None))
    return row("git_commits", **(usual | more)), changes


def history(*commits):
    """The tables of some commits: git_commits and file_changes."""
    return {"git_commits": [c for c, _ in commits], "file_changes": [r for _, rows in commits for r in rows]}


def file(path, complexity=1, lines=10, **more):
    """A source file of acme/app at the head."""
    usual = {
        "source": "git", "repository_id": "acme/app", "id": path, "language": "Python", "lines": lines,
        "complexity": complexity, "indentation": lines, "is_generated": False, "is_vendored": False, "seen_at": NOW,
    }  # fmt: skip
    return row("files", **(usual | more))
