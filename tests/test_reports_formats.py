"""Every format: the same bytes twice, the figures that are in the report, and nothing that a text could do."""

import re
from io import BytesIO

import pytest
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from report_rows import HOSTILE, report

from reports import formats, html, markdown, xlsx

OWN = ("html", "md", "xlsx")


@pytest.mark.parametrize("ending", OWN)
def test_the_same_report_is_the_same_bytes(ending):
    assert formats.write(report(HOSTILE), ending) == formats.write(report(HOSTILE), ending)


@pytest.mark.parametrize("ending", OWN)
def test_a_report_without_anything_can_be_written(ending):
    assert formats.write(report(sections=(), answer=None, rows={}, definitions=()), ending)


@pytest.mark.parametrize("ending", OWN)
def test_the_digest_is_in_the_footer(ending):
    made = report()
    written = formats.write(made, ending)
    if ending == "xlsx":
        feet = [sheet.oddFooter.left.text for sheet in load_workbook(BytesIO(written))]
        assert all(made.digest in foot for foot in feet)
    else:
        assert made.digest in written.decode()


def test_the_page_gives_each_figure_raw():
    page = html.write(report()).decode()
    assert 'data-indicator="pr_size" data-value="17.5" data-unit="lines"' in page
    assert 'data-indicator="wip" data-value="" data-unit="lines"' in page


def test_the_page_asks_nobody_for_anything_and_runs_only_what_is_ours():
    page = html.write(report(HOSTILE)).decode()
    whole = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)  # the drawing library and our own
    assert "<script>alert" not in page and "<img" not in whole and "<link" not in whole
    assert not re.search(r'(?:src|href)="(?!#|https?://)', whole)
    assert "default-src 'none'" in whole and "unsafe-eval" not in whole
    assert len(page) < 6_000_000


def test_hostile_texts_are_words_in_markdown():
    text = markdown.write(report(HOSTILE)).decode()
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert not re.search(r"<(?:script|img|code>c|em>i)|href=\"(?!https?:)", page)
    assert page.count("<h1>") == 1 and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert all(turning not in text for turning in "\u202e\u2066\u200f\x00")
    assert "https://evil" not in text  # not even a link that a reader makes by itself


def test_the_workbook_holds_raw_values_and_its_formulas_re_check_them():
    book = load_workbook(BytesIO(xlsx.write(report())))
    rows = book["pr_size"]
    assert rows["B1"].value == 17.5
    # the four rows that count come first, whatever their order was: C7 to C10
    assert rows["B2"].value == "=MEDIAN(C7:C10)"
    assert [rows[f"C{row}"].value for row in range(7, 12)] == [10, 15, 20, 25, 900]
    assert load_workbook(BytesIO(xlsx.write(report())), data_only=True)["pr_size"]["B2"].value == 17.5


def test_no_text_is_a_formula_in_the_workbook():
    book = load_workbook(BytesIO(xlsx.write(report(HOSTILE))))
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert {cell.value for cell in formulas} == {"=MEDIAN(C7:C10)"}
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert any(text.startswith("=cmd") for text in said)


def test_charts_of_the_workbook_are_native():
    book = load_workbook(BytesIO(xlsx.write(report())))
    assert len(book["quality"]._charts) == 2
