"""A file on this machine: its text, and when it was last written."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import Missing
from connectors.files.parse import WrongFileError
from connectors.files.place import LARGEST, opened

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class FileText:
    """What a file says, up to when it speaks (`written_at`), and when it was read (`at`)."""

    text: str
    written_at: datetime
    at: datetime


def read_text(path: Path, encoding: str = "utf-8", beside: Path | None = None) -> FileText:
    """Read a file whole, in a folder that may be read (default: its own).

    Raises Missing when it cannot be read, WrongFileError when it is no text in its encoding.

    A mark at its beginning tells UTF-8 and UTF-16 from all others.
    """
    try:
        with opened(path, beside or path.parent) as file:
            written, content = os.fstat(file.fileno()).st_mtime, file.read(LARGEST)
    except OSError as error:
        raise Missing(f"{path}: cannot be read ({error.strerror}); check [[files]] path") from None
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), encoding)
    try:
        text = content.decode(encoding)
        if "\0" in text:
            raise UnicodeDecodeError(encoding, content, content.index(0), content.index(0) + 1, "no text")
    except UnicodeDecodeError as error:
        line, name = content[: error.start].count(b"\n") + 1, encoding.removesuffix("-sig").upper()
        raise WrongFileError(
            f"{path}: line {line} is not {name}; save it as CSV UTF-8, or set encoding under [[files]]."
            " Nothing was stored"
        ) from None
    return FileText(text, datetime.fromtimestamp(written, UTC), datetime.now(UTC))
