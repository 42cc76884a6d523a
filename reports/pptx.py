"""A report as slides: one a section, the sentence as its title, charts that can be edited, sources in the notes."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches

from reports import captions, words
from reports.content import Figure, Report, Section, Table
from reports.palette import LIGHT
from reports.pptx_charts import add_chart
from reports.pptx_words import Place, ink, paragraph, write_words
from reports.words import plain

WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, TOP, INNER, BOTTOM = Inches(0.6), Inches(1.55), Inches(12.13), Inches(6.75)
GAP, CARD = Inches(0.2), Inches(1.35)
CARDS, ROWS, COLUMNS, CHARTS = 6, 9, 7, 2
BESIDE = 5  # columns of a table beside a chart
TWO_LINES = 120  # letters of a title that are large
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
TITLE_ONLY = 5  # of the layouts that every presentation has
SUMMARY = "summary"  # the first slide is the answer itself
TONES = {True: LIGHT.series[2], False: LIGHT.series[1], None: LIGHT.border}


def write(report: Report) -> bytes:
    """The PPTX of a report: the same report, the same bytes."""
    slides = Presentation()
    slides.slide_width, slides.slide_height = WIDE, HIGH
    _properties(slides, report)
    _opening(slides, report)
    for section in report.sections:
        if section.key != SUMMARY or report.answer is None:
            _slide(slides, section, report)
    if report.answer and not report.sections:
        for table in report.answer.tables[1:]:
            _slide(slides, Section("answer", report.title, (table.title,), tables=(replace(table, title=""),)), report)
    kept = io.BytesIO()
    slides.save(kept)
    return _without_clock(kept.getvalue(), report.as_of)


def _properties(slides: Any, report: Report) -> None:
    core, at = slides.core_properties, report.as_of.replace(tzinfo=None)
    core.title, core.author = plain(report.title, 120), plain(report.organisation, 80)
    core.subject, core.keywords = plain(report.period, 80), f"digest {report.digest}"
    core.created = core.modified = core.last_printed = at
    core.last_modified_by, core.revision = core.author, 1


def _opening(slides: Any, report: Report) -> None:
    """The answer on one slide, under the name of the report; what else the summary says is in the notes."""
    answer = report.answer or Section("answer", "", (report.title,))
    summary = next((one for one in report.sections if one.key == SUMMARY), answer)
    title, *rest = answer.sentences or (report.title,)
    about = [report.title, report.organisation, report.audience, "Demonstration data" if report.demonstration else ""]
    kicker = " · ".join(plain(one, 120) for one in about if one)
    slide = _empty(slides, report, title, summary.sources, (*answer.sentences, *summary.sentences), kicker)
    write_words(slide, (LEFT, TOP, INNER, Inches(1.9)), [plain(one, 300) for one in rest[:5]], 15)
    _cards(slide, answer.figures[:CARDS], (LEFT, Inches(3.2), INNER, CARD))
    if answer.tables:
        _table(slide, answer.tables[0], (LEFT, Inches(4.7), INNER, Inches(1.8)), 5)


def _slide(slides: Any, section: Section, report: Report) -> None:
    """The first sentence as the title, then figures, charts, and the table where there is room."""
    said = section.sentences or (section.title,)
    slide = _empty(slides, report, said[0], section.sources, said[1:], section.title)
    top = int(TOP)
    rest = [plain(one, 220) for one in said[1:4]]
    if rest:
        write_words(slide, (LEFT, Emu(top), INNER, Inches(0.3 * len(rest) + 0.1)), rest, 13)
        top += Inches(0.3 * len(rest) + 0.2)
    if section.figures:
        _cards(slide, section.figures[:CARDS], (LEFT, Emu(top), INNER, CARD))
        top += CARD + GAP
    charts, tables = [one for one in section.charts if captions.is_known(one)][:CHARTS], section.tables
    width = (INNER - GAP) // 2
    places = [(Emu(LEFT + place * (width + GAP)), Emu(top), Emu(width), Emu(BOTTOM - top)) for place in range(2)]
    for place, chart in zip(places, charts, strict=False):
        add_chart(slide, chart, place)
    filled = next((one for one in tables if one.rows), tables[0] if tables else None)
    if filled is not None and len(charts) < CHARTS:
        room: Place = places[1] if charts else (LEFT, Emu(top), INNER, Emu(BOTTOM - top))
        _table(slide, filled, room, _rows_in(room[3]))


def _empty(
    slides: Any, report: Report, title: str, sources: Sequence[str], notes: Sequence[str] = (), kicker: str = ""
) -> Any:
    slide = slides.slides.add_slide(slides.slide_layouts[TITLE_ONLY])
    heading = slide.shapes.title
    heading.left, heading.top, heading.width, heading.height = LEFT, Inches(0.5), INNER, Inches(0.95)
    paragraph(heading.text_frame, plain(title, 200), 24 if len(title) <= TWO_LINES else 18, LIGHT.text, bold=True)
    heading.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    heading.text_frame.word_wrap, heading.text_frame.margin_left = True, 0
    if kicker:
        write_words(slide, (LEFT, Inches(0.22), INNER, Inches(0.3)), [plain(kicker, 240)], 11, colour=LIGHT.primary)
    number = len(slides.slides)
    footer = (
        f"{plain(report.organisation, 60)} · {plain(report.period, 40)} · Digest {plain(report.digest, 80)} · {number}"
    )
    write_words(slide, (LEFT, Inches(7.02), INNER, Inches(0.3)), [footer], 9, quiet=True)
    told = [
        *notes,
        *(f"Source: {source}" for source in sources),
        f"Data {report.data} · {report.as_of:%Y-%m-%d %H:%M} UTC",
    ]
    slide.notes_slide.notes_text_frame.text = "\n".join(plain(one, 1200) for one in told)
    return slide


# Figures -----------------------------------------------------------------------------------------------------


def _cards(slide: Any, figures: Sequence[Figure], place: Place) -> None:
    if not figures:
        return
    left, top, width, height = place
    each = (width - GAP * (CARDS - 1)) // CARDS
    for index, figure in enumerate(figures):
        _card(slide, figure, (Emu(left + index * (each + GAP)), top, Emu(each), height))


def _card(slide: Any, figure: Figure, place: Place) -> None:
    card = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
    card.fill.solid()
    card.fill.fore_color.rgb = ink(LIGHT.surface)
    card.line.color.rgb = ink(TONES[figure.better if figure.said else None])
    card.shadow.inherit = False
    frame = card.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    name = f"{figure.name}, {figure.scope}" if figure.scope else figure.name
    paragraph(frame, plain(name, 60), 10, LIGHT.quiet)
    paragraph(frame, words.measure(figure.value, plain(figure.unit, 12)), 20, LIGHT.text, bold=True, first=False)
    before = "" if figure.before is None else f"before {words.measure(figure.before, plain(figure.unit, 12))} · "
    paragraph(frame, f"{before}n = {figure.n:,}", 8, LIGHT.quiet, first=False)
    paragraph(frame, plain(words.said_of(figure), 100), 8, LIGHT.text, first=False)


# Tables ------------------------------------------------------------------------------------------------------


def _rows_in(height: int) -> int:
    return max(2, min(ROWS, int(height / Inches(0.32)) - 2))


def _table(slide: Any, table: Table, place: Place, most: int) -> None:
    left, top, width, _ = place
    if not table.rows:
        write_words(slide, place, [f"{plain(table.title, 80)}: {plain(table.empty, 120)}"], 11, quiet=True)
        return
    shown, headings = table.rows[:most], table.headings[: COLUMNS if width == INNER else BESIDE]
    if table.title:
        write_words(slide, (left, top, width, Inches(0.28)), [plain(table.title, 90)], 12)
        top = Emu(top + Inches(0.3))
    frame = slide.shapes.add_table(len(shown) + 1, len(headings), left, top, width, Inches(0.3 * (len(shown) + 1)))
    frame.table.first_row, frame.table.horz_banding = True, False
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"Table: {table.title}", 200))
    for x, heading in enumerate(headings):
        _cell(frame.table.cell(0, x), plain(heading.name, 40), head=True)
        for y, row in enumerate(shown, start=1):
            _cell(frame.table.cell(y, x), plain(words.cell(row[x], heading), 60))
    for x, share in enumerate(_shares(table, len(headings), shown)):
        frame.table.columns[x].width = Emu(int(width * share))
    left_out = len(table.rows) - len(shown) + table.more
    if left_out:
        note = (left, Emu(top + Inches(0.3 * (len(shown) + 1)) + Inches(0.05)), width, Inches(0.25))
        write_words(slide, note, [f"and {left_out:,} more"], 9, quiet=True)


def _shares(table: Table, columns: int, shown: Sequence[Sequence[Any]]) -> list[float]:
    longest = [
        max([len(words.cell(row[x], table.headings[x])) for row in shown] + [len(table.headings[x].name)]) + 2
        for x in range(columns)
    ]
    weights = [min(length, 40) for length in longest]
    return [weight / sum(weights) for weight in weights]


def _cell(cell: Any, said: str, head: bool = False) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.fill.solid()
    cell.fill.fore_color.rgb = ink(LIGHT.surface if head else LIGHT.background)
    paragraph(cell.text_frame, said, 10, LIGHT.quiet if head else LIGHT.text, bold=head)


# Bytes -------------------------------------------------------------------------------------------------------


def _without_clock(made: bytes, as_of: datetime) -> bytes:
    """The same files with one date: those of the archive, and those of the workbooks behind the charts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = before.read(name)
            if name.endswith(".xlsx"):
                content = _without_clock(content, as_of)
            if name.endswith("core.xml"):
                content = CREATED.sub(rb"\g<1>" + f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", content)
            file = zipfile.ZipInfo(name, ZIP_EPOCH)
            file.compress_type, file.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(file, content)
    return kept.getvalue()


CREATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
