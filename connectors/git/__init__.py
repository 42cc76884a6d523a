"""git: commits with their changes, how complicated the files are, what the code depends on."""

from connectors.base import Connector, Stream
from connectors.git.check import check
from connectors.git.dependencies import dependencies
from connectors.git.history import commits
from connectors.git.package_index import package_releases
from connectors.git.session import Session, sources
from connectors.git.snapshots import files

CONNECTOR = Connector(
    name="git",
    title="git",
    settings=sources,
    connect=Session,
    streams=(
        Stream("git_commits", commits, ("file_changes", "git_branches")),
        Stream("files", files, ("file_snapshots",)),
        Stream("dependencies", dependencies),
        Stream("package_releases", package_releases),
    ),
    check=check,
)
