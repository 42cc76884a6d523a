"""A trend as a small drawing that needs no script in the browser: it is there with the words of its card."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby

from metrics.marks import Mark
from metrics.model import Limits, Point, Reason

WIDTH, HEIGHT, EDGE = 320, 72, 7
LINE, BAND, SIGNAL = "#3d8fc9", "#8c9aa6", "#e0762f"  # between light and dark: readable on both
Place = tuple[float, float]


def sparkline(series: tuple[Point, ...], limits: Limits | None, marks: Iterable[Mark] = ()) -> str:
    """Weekly points: filled where they may be judged, hollow where too few, set aside or still running, of another
    colour where a rule fired; the usual range behind, and a line at the week of each mark.
    """
    shown = [point.value for point in series if point.value is not None]
    limits = limits if limits and limits.is_of_one_period else None
    reach = shown + ([limits.lower, limits.upper] if limits else [])
    if not shown:
        return ""
    low, high = min(reach), max(reach)
    places = [_place(i, point.value, len(series), low, high) for i, point in enumerate(series)]
    parts = [*_band(limits, low, high), *_marks(series, marks), *_lines(series, places), *_dots(series, places)]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'


def as_image(svg: str, alt: str) -> str:
    """A drawing as an image of a page; `alt` is what it says to those who do not see it."""
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">' if svg else ""


def _height(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _place(index: int, value: float | None, n: int, low: float, high: float) -> Place | None:
    step = (WIDTH - 2 * EDGE) / max(n - 1, 1)
    return None if value is None else (EDGE + index * step, _height(value, low, high))


def _band(limits: Limits | None, low: float, high: float) -> Iterator[str]:
    if limits:
        top, bottom, centre = (_height(v, low, high) for v in (limits.upper, limits.lower, limits.centre))
        yield f'<rect x="0" y="{top:.1f}" width="{WIDTH}" height="{bottom - top:.1f}" fill="{BAND}" opacity=".2"/>'
        yield f'<line x1="0" x2="{WIDTH}" y1="{centre:.1f}" y2="{centre:.1f}" stroke="{BAND}" stroke-dasharray="3 4"/>'


def _marks(series: tuple[Point, ...], marks: Iterable[Mark]) -> Iterator[str]:
    step = (WIDTH - 2 * EDGE) / max(len(series) - 1, 1)
    weeks = {i for mark in marks for i, point in enumerate(series) if point.start <= mark.begins < point.end}
    for i in sorted(weeks):
        x = EDGE + i * step
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{BAND}" stroke-dasharray="2 2"/>'


def _lines(series: Iterable[Point], places: list[Place | None]) -> Iterator[str]:
    """A line through neighbouring weeks that are known and over; a gap where one is not."""
    drawable = [place if place and not point.partial else None for point, place in zip(series, places, strict=True)]
    for known, stretch in groupby(drawable, key=lambda place: place is not None):
        if known:
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place for place in stretch if place))
            yield f'<polyline points="{corners}" fill="none" stroke="{LINE}" stroke-width="1.75"/>'


def _dots(series: Iterable[Point], places: list[Place | None]) -> Iterator[str]:
    for point, place in zip(series, places, strict=True):
        if place:
            hollow = point.partial or point.excluded or point.reason is Reason.TOO_FEW
            colour = SIGNAL if point.signal else LINE
            look = f'fill="none" stroke="{colour}" stroke-width="1.5"' if hollow else f'fill="{colour}"'
            yield f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{3 if hollow or point.signal else 2.2}" {look}/>'
