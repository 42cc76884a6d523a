"""The rows behind a figure: those counted, those left out and why, and the same as CSV."""

import io

import pandas as pd
import streamlit as st

from metrics import tell
from metrics.model import Observations, Result

COLUMNS = ("key", "at", "value", "team", "repository")
LONGEST = 400


def csv_of(rows: Observations) -> str:
    """The rows as `python -m metrics show --rows --format csv` prints them."""
    out = io.StringIO()
    tell.csv_rows(tell.row_list(rows), tell.ROW_COLUMNS, out)
    return out.getvalue()


def show(rows: Observations, result: Result, name: str) -> None:
    """Two lists and a download."""
    counted = rows[rows["excluded"].isna()]
    left_out = rows[rows["excluded"].notna()]
    st.download_button(
        f"CSV of these {len(rows):,} rows",
        data=lambda: csv_of(rows),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    st.subheader(f"Counted: {len(counted):,} rows")
    _table(counted, result, COLUMNS, "counted")
    if len(left_out):
        st.subheader(f"Left out: {len(left_out):,} rows")
        st.caption("They do not count in the figure; each says why.")
        _table(left_out, result, (*COLUMNS, "excluded"), "left-out")


def _table(rows: Observations, result: Result, columns: tuple[str, ...], key: str) -> None:
    if rows.empty:
        st.caption("No rows.")
        return
    unit = result.indicator.unit.value
    st.dataframe(
        linked(rows)[list(columns)],
        hide_index=True,
        height=min(LONGEST, 38 + 35 * len(rows)),
        key=f"rows-{key}",
        alt=f"{len(rows)} rows of {result.indicator.name}, {key}",
        column_config={
            "key": st.column_config.LinkColumn("key", display_text=r"#(.+)$", pinned=True),
            "at": st.column_config.DatetimeColumn("at (UTC)", format="YYYY-MM-DD HH:mm"),
            "value": st.column_config.NumberColumn(f"value ({unit})", format="%.2f"),
            "excluded": st.column_config.TextColumn("left out because"),
        },
    )


def linked(rows: Observations) -> pd.DataFrame:
    """Rows whose key leads to what it names: the address with the key behind a "#", which the table shows."""
    urls = rows["url"].str.partition("#")[0].fillna("")
    return rows.assign(key=urls + "#" + rows["key"])
