"""Which row of one frame another's rows belong to, as positions: whole numbers are quick to sort, group and compare."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from metrics.model import Frame

Positions = NDArray[np.int64]


def position_of(parents: Frame, children: Frame, parent_id: str = "pull_request_id") -> pd.Series:
    """For each child the position of its parent among `parents`, -1 for none. Ids are unique within a source."""
    ids, wanted = parents["id"], children[parent_id]
    if len(parents["source"].unique()) > 1:
        ids, wanted = parents["source"] + "\0" + ids, children["source"] + "\0" + wanted
    return pd.Series(place_in(ids, wanted), index=children.index, dtype="int64")


def place_in(known: pd.Series, wanted: pd.Series) -> Positions:
    """The position of each of `wanted` among the words of `known`, -1 for none and for what is missing."""
    found = pc.index_in(_words(wanted), value_set=_words(known), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _words(series: pd.Series) -> pa.Array:
    words = pa.array(series.astype("str"), type=pa.large_string(), from_pandas=True)
    return words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
