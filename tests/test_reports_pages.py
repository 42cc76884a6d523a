"""The PDF and the slides, read back by other programs: words, figures, pages, hostile text, the same bytes again."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace

import pytest
from pptx import Presentation
from report_content import HOSTILE, REPORT, of_hostile_text, of_nothing, of_teams
from written_files import poppler

from reports import pdf, pptx, words
from reports.content import Bars

CASES = {
    "whole": lambda: REPORT,
    "nothing": of_nothing,
    "hostile": of_hostile_text,
    "one team": lambda: of_teams(1),
    "sixty teams": lambda: of_teams(60),
}


@pytest.fixture(scope="module")
def made():
    """Each case in both formats, made once."""
    return {name: (pdf.write(case()), pptx.write(case())) for name, case in CASES.items()}


def text_of(content, folder):
    """What pdftotext reads in a PDF, as one line of words."""
    file = folder / "report.pdf"
    file.write_bytes(content)
    said = subprocess.run(
        [poppler("pdftotext"), "-layout", str(file), "-"], capture_output=True, check=True
    ).stdout.decode()
    return squeezed(said)


def squeezed(said):
    return re.sub(r"[\s\u200b]+", "", said)


def slides_of(content):
    return list(Presentation(io.BytesIO(content)).slides)


def words_of(slide):
    told = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            told += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(told)


@pytest.mark.parametrize("name", CASES)
def test_the_same_report_is_the_same_bytes(made, name):
    assert (pdf.write(CASES[name]()), pptx.write(CASES[name]())) == made[name]


@pytest.mark.parametrize("name", CASES)
def test_every_page_can_be_drawn_by_another_program(made, name, tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(made[name][0])
    done = subprocess.run(
        [poppler("pdftoppm"), "-r", "20", "-png", str(file), str(tmp_path / "p")], capture_output=True
    )
    assert done.returncode == 0 and not done.stderr
    assert len(list(tmp_path.glob("p-*.png"))) >= 2


def test_every_sentence_and_figure_of_the_report_is_in_the_pdf(made, tmp_path):
    said = text_of(made["whole"][0], tmp_path)
    for section in REPORT.sections:
        assert squeezed(section.title) in said
        for figure in section.figures:
            assert squeezed(words.measure(figure.value, figure.unit)) in said, figure.name
    assert squeezed(REPORT.digest) in said


@pytest.mark.parametrize("name", ["whole", "hostile"])
def test_the_answer_alone_is_one_page_however_much_it_says(name, tmp_path):
    whole = CASES[name]()
    tables = tuple(table for section in whole.sections for table in section.tables)[:6]
    answer = replace(whole.sections[1], figures=whole.sections[1].figures[:1] * 8, tables=tables)
    brief = replace(whole, sections=(), answer=answer)
    assert "Page1of1" in text_of(pdf.write(brief), tmp_path)
    titles = [slide.shapes.title.text for slide in slides_of(pptx.write(brief))]
    assert len(titles) == len(tables)  # the first is beside the answer
    assert titles[1:] == [words.plain(table.title, 200) for table in tables[1:]]


def test_the_pdf_has_its_own_letters_tags_and_a_title(made):
    content = made["whole"][0]
    assert b"/MarkInfo" in content and b"/StructTreeRoot" in content
    assert len(content) < 1_000_000
    said = subprocess.run([poppler("pdffonts"), "-"], input=content, capture_output=True).stdout.decode()
    assert said.splitlines()[2:] and all(" yes " in line for line in said.splitlines()[2:])


def test_there_are_ten_slides_each_with_its_sentence_as_the_title_and_the_digest_below(made):
    slides = slides_of(made["whole"][1])
    assert len(slides) == 10
    sections = [section for section in REPORT.sections if section.key != "summary"]
    assert slides[0].shapes.title.text_frame.text == REPORT.answer.sentences[0]
    for slide, section in zip(slides[1:], sections, strict=True):
        assert slide.shapes.title.text_frame.text == words.plain(section.sentences[0], 200)
        assert section.title in words_of(slide)
    for slide in slides:
        assert REPORT.digest in words_of(slide)


def test_the_charts_of_slides_can_be_edited_and_hold_the_numbers_of_the_report(made):
    slides = slides_of(made["whole"][1])
    for slide, section in zip(slides[1:], [s for s in REPORT.sections if s.key != "summary"], strict=True):
        charts = [shape for shape in slide.shapes if shape.has_chart]
        for shape, chart in zip(charts, section.charts, strict=False):
            drawn = list(shape.chart.plots[0].series)
            expected = chart.bars[0].parts[drawn[0].name] if isinstance(chart, Bars) else chart.values[0]
            assert next(iter(drawn[0].values)) == expected
            assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
    assert sum(shape.has_chart for slide in slides for shape in slide.shapes) >= 6


def test_the_notes_of_a_slide_say_where_its_numbers_are_from(made):
    for slide, section in zip(
        slides_of(made["whole"][1])[1:], [s for s in REPORT.sections if s.key != "summary"], strict=True
    ):
        for source in section.sources:
            assert words.plain(source, 100) in slide.notes_slide.notes_text_frame.text


def test_hostile_text_is_text_in_the_pdf_and_runs_nowhere(made, tmp_path):
    content, said = made["hostile"][0], text_of(made["hostile"][0], tmp_path)
    assert squeezed('#{panic("x")}') in said
    assert "root:x:" not in said, "nothing was read from this machine"
    for trace in (b"/JavaScript", b"/Launch", b"/EmbeddedFile"):
        assert trace not in content
    assert "\u202e" not in said and "\x1b" not in said


def test_hostile_text_is_text_on_slides(made):
    content = made["hostile"][1]
    said = "\n".join(words_of(slide) for slide in slides_of(content))
    assert "<script>alert(1)</script>" in said
    assert "\u202e" not in said and "\x00" not in said and "\ud800" not in said
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        targets = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in targets


def test_with_nothing_to_show_both_say_why(made, tmp_path):
    assert squeezed("Not measured: no source has been synced for it.") in text_of(made["nothing"][0], tmp_path)
    assert all("Not measured" in slide.shapes.title.text_frame.text for slide in slides_of(made["nothing"][1])[1:])


def test_long_names_stay_within_the_page(made, tmp_path):
    """No word is drawn beyond the right margin of the paper."""
    file = tmp_path / "report.pdf"
    file.write_bytes(made["hostile"][0])
    boxes = subprocess.run(
        [poppler("pdftotext"), "-bbox", str(file), "-"], capture_output=True, check=True
    ).stdout.decode()
    rights = [float(x) for x in re.findall(r'<word [^>]*xMax="([0-9.]+)"', boxes)]
    assert max(rights) <= 595.5, HOSTILE[6]
