"""The colours of the screens are those of the reports."""

from reports.palette import DARK, LIGHT, Palette, palette

__all__ = ["DARK", "LIGHT", "Palette", "palette"]
