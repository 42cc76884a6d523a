"""What `connectors check` finds out about a git repository before the first sync."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.base import Finding, Missing
from connectors.git.clone import listed, looked_at
from connectors.git.program import without_password
from connectors.git.remote import Remote
from connectors.git.session import Source
from connectors.meter import Brief
from data.config import Config


def check(source: Source, config: Config) -> Iterator[Finding]:
    """Look for the clone or ask the server for its default branch. Raises ConnectorError."""
    repository = source.settings.repository
    try:
        yield Finding(True, repository, _found(source))
    except Missing as error:
        yield Finding(False, repository, str(error))


def _found(source: Source) -> str:
    if source.settings.path:
        _, head, branch, _ = looked_at(source.path)
        where = str(source.path)
    elif source.settings.url:
        with TemporaryDirectory() as folder:
            head, branch = listed(Path(folder), Remote(source.settings.url, Brief()))
        where = without_password(source.settings.url)
    else:
        raise Missing("give [[git]] a path or a url")
    return f"{where}: the branch {branch} is read" if head else f"{where}: no commit yet"
