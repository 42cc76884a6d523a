"""Numbers, days and encodings of files: read as they are declared, or refused with file, line and column."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files import CONNECTOR, File
from connectors.files.client import read_text
from connectors.files.kinds import KINDS
from connectors.files.notation import Notation
from connectors.files.parse import WrongFileError, read
from connectors.sync import sync
from data.config import Config, ConfigError, parse

HEAD = "team;start_on;end_on;amount;currency\n"
PLAIN, POINT, COMMA = Notation(), Notation(decimal="."), Notation(decimal=",")
GERMAN, SWISS = Notation(decimal=",", thousands="."), Notation(thousands="'")
FRENCH, BRITISH = Notation(decimal=",", thousands=" "), Notation(thousands=",")


def costs(amount: str, notation: Notation = PLAIN, first: str = "2026-10-01", last: str = "2026-10-31"):
    return read(f'{HEAD}payments;{first};{last};"{amount}";EUR\n', KINDS["costs"], "costs.csv", notation)[0]


@pytest.mark.parametrize(
    ("amount", "notation", "value"),
    [
        ("118000", PLAIN, 118_000),
        ("79500.50", PLAIN, 79_500.5),
        ("0.125", PLAIN, 0.125),  # no thousands begin with a nought
        ("1234.567", PLAIN, 1234.567),  # nor have a group of four before them
        ("118.000", POINT, 118),
        ("118.000", GERMAN, 118_000),
        ("1.118.000,50", GERMAN, 1_118_000.5),
        ("118000,50", GERMAN, 118_000.5),
        ("118000,50", COMMA, 118_000.5),
        ("118\u00a0000,5", FRENCH, 118_000.5),
        ("118\u202f000", FRENCH, 118_000),
        ("118'000.25", SWISS, 118_000.25),
        ("1,118,000.5", BRITISH, 1_118_000.5),
        ("12.5", Notation(thousands=","), 12.5),
    ],
)
def test_a_number_is_read_as_its_file_declares(amount, notation, value):
    assert costs(amount, notation)["amount"] == value


@pytest.mark.parametrize(
    ("amount", "notation"),
    [
        ("118.000", PLAIN),  # 118 or 118 000
        ("1_000", PLAIN),
        ("\uff11\uff12", PLAIN),
        ("\u0661\u0662", PLAIN),
        ("1e3", PLAIN),
        ("+5", PLAIN),
        ("-5", PLAIN),
        ("nan", PLAIN),
        ("inf", PLAIN),
        ("118000,50", PLAIN),
        ("118\u00a0000", PLAIN),
        ("118.000", COMMA),
        ("1.18.000", GERMAN),  # groups of three
        ("118.00", GERMAN),
        ("\uff11.\uff10\uff10\uff10", GERMAN),
        ("1,000.5", GERMAN),
        ("1_000", GERMAN),
        (".5", POINT),
        ("5.", POINT),
        ("9" * 400, PLAIN),
    ],
)
def test_a_number_of_another_notation_is_refused_with_file_line_and_column(amount, notation):
    with pytest.raises(WrongFileError, match=r"costs\.csv: line 2, column amount: .*expected a number"):
        costs(amount, notation)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_what_a_declared_notation_writes_it_reads(value):
    written = f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    assert costs(written, GERMAN)["amount"] == pytest.approx(float(value))


@pytest.mark.parametrize(
    ("said", "dates", "day"),
    [
        ("2026-02-01", "year-month-day", date(2026, 2, 1)),
        ("01.02.2026", "day.month.year", date(2026, 2, 1)),
        ("1.2.2026", "day.month.year", date(2026, 2, 1)),
        ("01/02/2026", "day/month/year", date(2026, 2, 1)),
        ("02/01/2026", "month/day/year", date(2026, 2, 1)),
        ("29.02.2024", "day.month.year", date(2024, 2, 29)),
        ("0001-01-01", "year-month-day", date(1, 1, 1)),
    ],
)
def test_a_day_is_read_as_its_file_declares(said, dates, day):
    assert (
        costs("5", Notation(dates=dates), said, "9999-12-31" if dates == "year-month-day" else said)["start_on"] == day
    )


@pytest.mark.parametrize(
    ("said", "dates"),
    [
        ("01/02/2026", "year-month-day"),
        ("01.02.2026", "year-month-day"),
        ("2026-02-30", "year-month-day"),
        ("2026-W41-1", "year-month-day"),
        ("20261001", "year-month-day"),
        ("\uff12\uff10\uff12\uff16-02-01", "year-month-day"),
        ("2026-02-01T00:00Z", "year-month-day"),
        ("30.02.2026", "day.month.year"),
        ("13/13/2026", "month/day/year"),
        ("2026-02-01", "day.month.year"),
        ("01.02.26", "day.month.year"),
    ],
)
def test_a_day_of_another_notation_or_of_no_calendar_is_refused(said, dates):
    with pytest.raises(WrongFileError, match=r"costs\.csv: line 2, column start_on: .*expected a day"):
        costs("5", Notation(dates=dates), said)


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("2026-10-05T09:00Z", 9),
        ("2026-10-05 09:00:00z", 9),
        ("2026-10-05T09:00:00.123456+02:00", 7),
        ("2026-10-05 09:00 +02:00", 7),
        ("2026-10-05T09:00:00+0530", 3),
        ("2026-10-05T09:00", None),  # whose time?
        ("2026-10-05", None),
        ("05.10.2026 09:00Z", None),
        ("\uff12\uff10\uff12\uff16-10-05T09:00Z", None),
        ("2026-10-05T25:00Z", None),
        ("0001-01-01T00:00+14:00", None),
    ],
)
def test_a_time_has_its_zone_or_is_refused(said, hour):
    text = f"id,title,started_at\na,Down,{said}\n"
    if hour is None:
        with pytest.raises(
            WrongFileError, match=r"it\.csv: line 2, column started_at: .*expected a time with its zone"
        ):
            read(text, KINDS["incidents"], "it.csv")
    else:
        started = read(text, KINDS["incidents"], "it.csv")[0]["started_at"]
        assert (started.date(), started.hour, started.tzinfo) == (date(2026, 10, 5), hour, UTC)


ROW = "payments;2026-10-01;2026-10-31;5;EUR\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ((HEAD + ROW).encode(), "utf-8"),
        ((HEAD + ROW).encode("utf-8-sig"), "utf-8"),
        ((HEAD + ROW).encode("utf-16"), "utf-8"),  # its mark says what it is
        ((HEAD + ROW).encode("utf-16-be"), "utf-16-be"),
        ((HEAD + ROW).replace("payments", "zürich").encode("cp1252"), "cp1252"),
        (("sep=;\n" + HEAD + ROW).encode(), "utf-8"),
        (("sep=;\r\n" + HEAD + ROW).encode("utf-8-sig"), "utf-8"),
        ((HEAD.strip() + ";;\n" + ROW.strip() + ";;\n").encode(), "utf-8"),
        ((HEAD + ROW).replace("\n", "\r").encode(), "utf-8"),
        ((HEAD + ROW).replace("\n", "\r\n").replace(";", "\t").encode(), "utf-8"),
    ],
)
def test_a_file_as_a_spreadsheet_writes_it_is_read(tmp_path, content, encoding):
    (tmp_path / "costs.csv").write_bytes(content)
    text = read_text(tmp_path / "costs.csv", encoding).text
    (record,) = read(text, KINDS["costs"], "costs.csv")
    assert (record["team"] in {"payments", "zürich"}, record["amount"], record["currency"]) == (True, 5.0, "EUR")


@pytest.mark.parametrize(
    ("content", "encoding", "line"),
    [
        ((HEAD + ROW).encode("utf-16-le"), "utf-8", 1),  # without its mark
        ((HEAD + ROW.replace("payments", "zürich")).encode("cp1252"), "utf-8", 2),
        ((HEAD + ROW.replace("payments", "日本")).encode("shift_jis"), "utf-8", 2),
        ((HEAD + ROW).encode("utf-8") + b"\0", "utf-8", 3),
    ],
)
def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path, content, encoding, line):
    (tmp_path / "costs.csv").write_bytes(content)
    with pytest.raises(WrongFileError, match=rf"costs\.csv: line {line} is not UTF-8; .*set encoding"):
        read_text(tmp_path / "costs.csv", encoding)


def test_a_file_that_has_become_wrong_loses_nothing_of_what_was_there(store, tmp_path):
    place = tmp_path / "costs.csv"
    file = File("costs", place, "files:costs")

    def run():
        return sync(store, [(CONNECTOR, file)], lambda: datetime.now(UTC), lambda until: None)

    place.write_text(HEAD + ROW + ROW.replace("payments", "platform"))
    assert run() == []
    place.write_text(HEAD + ROW.replace(";5;", ";7;") + ROW.replace("payments", "platform").replace(";5;", ";118.000;"))
    (failed,) = run()
    assert "line 3, column amount: '118.000'" in str(failed.error)
    assert store.load("costs")["amount"].tolist() == [5.0, 5.0]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"decimal": ";"}, "files.0.decimal"),
        ({"decimal": ",", "thousands": ","}, "two different separators"),
        ({"thousands": "_"}, "files.0.thousands"),
        ({"encoding": "utf-99"}, "is no encoding"),
        ({"encoding": "base64"}, "is no encoding"),
        ({"dates": "iso"}, "files.0.dates"),
    ],
)
def test_a_notation_that_cannot_be_is_refused_with_its_key(keys, words):
    with pytest.raises(ConfigError, match=words):
        parse({"files": [{"kind": "costs", "path": "costs.csv"} | keys]}, Path("config.toml"))


def test_what_the_configuration_declares_reaches_the_file():
    said = {"kind": "costs", "path": "c.csv", "decimal": ",", "thousands": ".", "encoding": "cp1252"}
    (file,) = CONNECTOR.settings(Config.model_validate({"files": [said]}))
    assert file.notation == Notation("cp1252", ",", ".", "year-month-day")
