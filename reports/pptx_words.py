"""Words on a slide, in the letters and colours of the report."""

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt

from reports.palette import LIGHT

Place = tuple[Any, ...]  # left, top, width, height


def ink(colour: str) -> Any:
    """A colour such as #0072b2."""
    return RGBColor(*bytes.fromhex(colour[1:]))


def write_words(
    slide: Any, place: Place, lines: Sequence[str], size: float, quiet: bool = False, colour: str = ""
) -> None:
    """A box of lines without a margin."""
    box = slide.shapes.add_textbox(*place)
    box.text_frame.word_wrap = True
    for frame_side in ("margin_left", "margin_right", "margin_top", "margin_bottom"):
        setattr(box.text_frame, frame_side, 0)
    ink = colour or (LIGHT.quiet if quiet else LIGHT.text)
    for place_, line in enumerate(lines):
        paragraph(box.text_frame, line, size, ink, first=place_ == 0)


def paragraph(frame: Any, said: str, size: float, colour: str, bold: bool = False, first: bool = True) -> None:
    """One line of words at the end of a frame; `first`: in the paragraph that is there already."""
    line = frame.paragraphs[0] if first else frame.add_paragraph()
    line.alignment = PP_ALIGN.LEFT
    run = line.add_run()
    run.text = said
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Calibri"
    run.font.color.rgb = ink(colour)
