"""Frames made of rows: their types are declared, whatever few rows say."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from metrics.model import Frame


def frame_of(rows: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> Frame:
    """Rows as a frame with the declared columns; one value that is unknown in all of them has its type too."""
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in types.items()})
