"""The map of the code: each file as large as it has lines, the warmer the higher its hotspot score."""

import pandas as pd
import plotly.graph_objects as go

from pages.ui.palette import Palette

HEIGHT = 460
USUAL = 0.4  # a score up to which nothing stands out


def code_map_chart(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """A treemap of the rectangles of metrics.code_map; a click on a folder opens it."""
    drawing = go.Treemap(
        ids=rows["id"],
        parents=rows["parent"],
        labels=rows["label"],
        values=rows["lines"],
        branchvalues="total",
        marker=_marker(rows, colours),
        customdata=rows[["id", "files", "commits", "score"]],
        hovertemplate="%{customdata[0]}<br>%{value:,.0f} lines · %{customdata[1]:,} files<br>"
        "%{customdata[2]:,.0f} commits in the year · score %{customdata[3]:.2f}<extra></extra>",
        tiling={"pad": 1},
        pathbar={"visible": True, "textfont": {"color": colours.text}},
        maxdepth=4,
    )
    return go.Figure(
        drawing,
        layout={
            "height": HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 24, "b": 0},
            "font": {"color": colours.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
        },
    )


def _marker(rows: pd.DataFrame, colours: Palette) -> dict[str, object]:
    return {
        "colors": rows["score"],
        "colorscale": [[0, colours.band], [USUAL, colours.band], [1, colours.series[1]]],
        "cmin": 0,
        "cmax": 1,
        "line": {"color": colours.background, "width": 1},
        "colorbar": {"title": "score", "thickness": 10, "len": 0.9, "outlinewidth": 0},
        "pad": {"t": 18, "l": 2, "r": 2, "b": 2},
    }
