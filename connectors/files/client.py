"""A file on this machine: its text, and when it was last written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import Missing
from connectors.files.parse import WrongFileError


@dataclass(frozen=True)
class FileText:
    """What a file says, up to when it speaks (`written_at`), and when it was read (`at`)."""

    text: str
    written_at: datetime
    at: datetime


def read_text(path: Path) -> FileText:
    """Read a file whole. Raises Missing when it cannot be read, WrongFileError when it is no text in UTF-8."""
    try:
        content, written = path.read_bytes(), path.stat().st_mtime
    except OSError as error:
        raise Missing(f"{path}: cannot be read ({error.strerror}); check [[files]] path") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongFileError(f"{path}: line {line} is not UTF-8; save it as CSV UTF-8. Nothing was stored") from None
    return FileText(text, datetime.fromtimestamp(written, UTC), datetime.now(UTC))
