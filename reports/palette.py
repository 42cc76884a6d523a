"""The colours of everything that is drawn, told apart by colour-blind eyes, on light and on dark."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one mode; `series` are for lines and bars, in order."""

    background: str
    surface: str
    text: str
    quiet: str
    border: str
    primary: str
    band: str
    series: tuple[str, ...]


LIGHT = Palette(
    background="#ffffff",
    surface="#f4f6f8",
    text="#1b2733",
    quiet="#5b6875",
    border="#d5dbe1",
    primary="#0067a3",
    band="#e3ebf2",
    series=("#0072b2", "#d55e00", "#00795a", "#a8548a", "#8a6a00", "#5b6875"),
)
DARK = Palette(
    background="#11171d",
    surface="#1a222b",
    text="#e6ebf0",
    quiet="#9aa7b4",
    border="#33404c",
    primary="#6cb8ee",
    band="#263542",
    series=("#6cb8ee", "#f2935c", "#4cc9a0", "#e2a1c8", "#e0bf4f", "#9aa7b4"),
)


def palette(mode: str | None) -> Palette:
    """The palette of "light" or "dark"; light where it is not known."""
    return DARK if mode == "dark" else LIGHT
