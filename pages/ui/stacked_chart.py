"""The parts of a whole, week by week."""

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from metrics.model import Part
from pages.ui.address import Address
from pages.ui.charts import plain
from pages.ui.palette import Palette


def stacked_chart(parts: Sequence[Part], colours: Palette, about: Address) -> go.Figure:
    """A column per week that holds the parts, 100 % together, of the figure at an address."""
    chart = plain(colours, 300, barmode="stack", bargap=0.15)
    for turn, part in enumerate(parts):
        known = [point for point in part.series if point.value is not None]
        chart.add_bar(
            x=[point.period for point in known],
            y=[point.value for point in known],
            name=part.name,
            marker={"color": colours.series[turn % len(colours.series)]},
            customdata=[replace(about, part=part.name).over(p).values(p) for p in known],
            hovertemplate=f"%{{x}} {part.name}: %{{y:.0f}} %, n = %{{customdata[5]}}<extra></extra>",
        )
    chart.update_xaxes(type="category", nticks=12)
    chart.update_yaxes(title_text="%", range=[0, 100])
    return chart
