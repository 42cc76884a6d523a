"""A file in CSV is read whole or refused whole, in words that find the wrong cell."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files.kinds import KINDS
from connectors.files.parse import WrongFileError, read
from data.schema import TABLES

SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
INCIDENTS = "id,title,started_at,resolved_at\n"
SURVEYS = "survey,team,question,closed_on,answers,mean\n"


def refusal(text, kind):
    with pytest.raises(WrongFileError) as refused:
        read(text, KINDS[kind], "it.csv")
    words = str(refused.value)
    assert "\n" not in words
    assert words.startswith("it.csv: ")
    assert words.endswith("Nothing of this file was stored")
    return words


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_of_each_kind_is_accepted_and_shows_every_column(kind):
    text = (SAMPLES / f"{kind}.csv").read_text()
    assert text.splitlines()[0].split(",") == [column.name for column in KINDS[kind].columns]
    assert len(read(text, KINDS[kind], kind)) == len(text.splitlines()) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_of_a_kind_are_rows_of_its_tables(kind):
    records = read((SAMPLES / f"{kind}.csv").read_text(), KINDS[kind], kind)
    rows = KINDS[kind].rows(records)
    assert set(rows) == set(KINDS[kind].tables)
    for table in rows:
        if table not in TABLES:
            pytest.skip(f"the store has no table {table} yet")
        assert set(rows[table][0]) <= set(TABLES[table].c.keys())


def test_a_deployment_has_its_times_in_utc_and_its_outcome():
    records = read((SAMPLES / "deployments.csv").read_text(), KINDS["deployments"], "it.csv")
    rows = KINDS["deployments"].rows(records)
    # 16:05 at UTC+2; no start is given, so it counts from its end
    at = datetime(2026, 10, 7, 14, 5, tzinfo=UTC)
    assert (rows["deployments"][1]["created_at"], rows["deployments"][1]["updated_at"]) == (at, at)
    assert rows["deployment_statuses"][1] | {} == {
        "repository_id": "acme/shop",
        "deployment_id": "d-1042",
        "id": "d-1042",
        "state": "failure",
        "at": at,
    }
    assert [row["name"] for row in rows["repositories"]] == ["acme/shop", "acme/ledger"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1,Down,2026-10-01T08:00,", "line 2, column started_at: '2026-10-01T08:00'; expected a time with its zone"),
        ("1,Down,yesterday,", "line 2, column started_at: 'yesterday'; expected a time with its zone"),
        ("1,,2026-10-01T08:00Z,", "line 2, column title: is empty; expected a value"),
        ("1,Down,2026-10-01T08:00Z", "line 2: 3 cells; expected 4, as in the first line"),
        (
            "1,Down,2026-10-01T08:00Z,2026-10-01T07:00Z",
            "column resolved_at: 2026-10-01T07:00:00+00:00 is before started_at",
        ),
        ('1,"Down,2026-10-01T08:00Z,', "not CSV"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(line, words):
    assert words in refusal(INCIDENTS + line, "incidents")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("q3,pay,Fun,2026-13-01,7,50", "column closed_on: '2026-13-01'; expected a day such as 2026-10-01"),
        ("q3,pay,Fun,2026-10-01,4,50", "column answers: '4'; expected a whole number of at least 5"),
        ("q3,pay,Fun,2026-10-01,7.5,50", "column answers: '7.5'; expected a whole number of at least 5"),
        ("q3,pay,Fun,2026-10-01,7,101", "column mean: '101'; expected a number from 0 to 100"),
        ("q3,pay,Fun,2026-10-01,7,nan", "column mean: 'nan'; expected a number from 0 to 100"),
    ],
)
def test_a_survey_says_what_it_expects_and_shows_no_single_person(line, words):
    assert words in refusal(SURVEYS + line, "survey_results")


def test_the_same_line_twice_is_refused_with_both_places():
    twice = "1,Down,2026-10-01T08:00Z,\n\n1,Up,2026-10-02T08:00Z,\n"
    assert "line 4, column id: '1' is on line 2 already; expected each id once" in refusal(
        INCIDENTS + twice, "incidents"
    )


def test_a_header_that_lacks_or_adds_a_column_lists_the_expected_ones():
    words = refusal("id,titel,started_at\n", "incidents")
    assert (
        "line 1: column 'title' is missing; column 'titel' is not known; expected id, title, started_at, [res" in words
    )
    assert "column 'id' is missing" in refusal("", "incidents")


def test_many_problems_are_counted_and_the_first_three_shown():
    words = refusal(INCIDENTS + "1,,x,\n" * 4, "incidents")
    assert "(and 5 more)" in words  # four lines with two problems each
    assert words.count("column") == 3


def test_semicolons_and_tabs_part_cells_as_well():
    for mark in ";\t":
        text = "repository,measured_on,ratio\nacme/shop,2026-10-31,6.1\n".replace(",", mark)
        (record,) = read(text, KINDS["debt_ratios"], "it.csv")
        assert record == {"repository": "acme/shop", "measured_on": date(2026, 10, 31), "ratio": 6.1}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        assert read(text, KINDS["incidents"], "it.csv") == []
    except WrongFileError as refused:
        assert "\n" not in str(refused)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_cells_below_a_right_header_are_read_or_refused_in_one_line(cells):
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        read(INCIDENTS + line + "\n", KINDS["incidents"], "it.csv")
    except WrongFileError as refused:
        assert "\n" not in str(refused)
