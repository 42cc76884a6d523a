"""Lists of rows with links and a download: those behind a figure, those left out and why, and any other."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from metrics import tell
from metrics.model import Observations, Result

COLUMNS = ("key", "at", "value", "team", "repository")
LONGEST = 400
LINE = 35


def csv_of(rows: Observations) -> str:
    """The rows as `python -m metrics show --rows --format csv` prints them."""
    out = io.StringIO()
    tell.csv_rows(tell.row_list(rows), tell.ROW_COLUMNS, out)
    return out.getvalue()


def csv_of_list(rows: pd.DataFrame) -> str:
    """Any rows as CSV, with their addresses, harmless in a spreadsheet."""
    shown = rows.copy()
    for name in shown.select_dtypes(include=["str", "object"]):
        shown[name] = shown[name].map(tell.harmless, na_action="ignore")
    return shown.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%SZ")


def download(label: str, data: Callable[[], str], name: str, key: str | None = None) -> None:
    """A button that gives a CSV file; the file is made when it is pressed."""
    st.download_button(label, data=data, file_name=f"{name}.csv", mime="text/csv", on_click="ignore", key=key)


def listing(
    rows: pd.DataFrame, columns: Mapping[str, Any], key: str, alt: str, name: str = "", height: int = LONGEST
) -> None:
    """A list of things with a link each and the CSV of exactly these rows.

    `rows` has key and url; `columns` are the others in order, each with its heading or its column configuration.
    """
    if rows.empty:
        st.caption("Nothing to list.")
        return
    shown = linked(rows)[["key", *columns]]
    st.dataframe(
        shown,
        hide_index=True,
        height=min(height, 40 + LINE * len(rows)),
        key=key,
        alt=f"{len(rows)} rows: {alt}",
        column_config={"key": st.column_config.LinkColumn(name or "key", display_text=r"#(.+)$", pinned=True)}
        | dict(columns),
        placeholder="–",
    )
    given = rows[["key", *columns, "url"]]
    download(f"CSV of these {len(rows):,} rows", lambda: csv_of_list(given), key, key=f"csv-{key}")


def show(rows: Observations, result: Result, name: str) -> None:
    """Two lists and a download."""
    counted = rows[rows["excluded"].isna()]
    left_out = rows[rows["excluded"].notna()]
    download(f"CSV of these {len(rows):,} rows", lambda: csv_of(rows), name)
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
    shown = [name for name in columns if name in {"key", "value"} or rows[name].notna().any()]
    st.dataframe(
        linked(rows)[shown],
        hide_index=True,
        height=min(LONGEST, 40 + LINE * len(rows)),
        key=f"rows-{key}",
        alt=f"{len(rows)} rows of {result.indicator.name}, {key}",
        placeholder="–",
        column_config={
            "key": st.column_config.LinkColumn("key", display_text=r"#(.+)$", pinned=True),
            "at": st.column_config.DatetimeColumn("at (UTC)", format="YYYY-MM-DD HH:mm"),
            "value": st.column_config.NumberColumn(f"value ({unit})", format="%.2f"),
            "excluded": st.column_config.TextColumn("left out because"),
        },
    )


def linked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose key leads to what it names: the address with the key behind a "#", which the table shows."""
    urls = rows["url"].str.partition("#")[0].fillna("")
    return rows.assign(key=urls + "#" + rows["key"])
