"""A report made by hand, with everything that may come in one."""

from datetime import UTC, date, datetime

from reports.content import Bar, Bars, Column, Definition, Figure, Heading, Report, Section, Table, Trend
from reports.frozen import sealed

START, END, AS_OF = (datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12))
HOSTILE = (
    "<script>alert(1)</script>",
    '=cmd|"/c calc"!A1',
    "#{system('id')} #eval(\"x\") $x$ *b* _i_ `c` [l](javascript:alert(1))",
    "\u202eabc\u2066 right to left \u200f",
    "\x00\x07\x1b[31m\ud800 half a letter",
    "| a | b |\n\n# heading",
    "</script><img src=x onerror=alert(1)>",
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1",
    "x" * 10_000,
    "https://evil.example/?q=<b>",
)


def figure(**values):
    usual = {
        "indicator": "pr_size",
        "name": "Pull request size",
        "unit": "lines",
        "value": 17.5,
        "n": 4,
        "before": 20.0,
    }
    return Figure(**(usual | values))


def report(texts=("plain",), **values):
    """A report whose every free text is one of the given ones in turn."""
    headings = (
        Heading("title"),
        Heading("due", Column.DAY),
        Heading("share", Column.PERCENT, "%"),
        Heading("url", Column.LINK),
    )
    cells = tuple((text, date(2026, 10, 9), 12.5, text) for text in texts)
    days = tuple(date(2026, 10, day) for day in (5, 12, 19))
    trend = Trend(
        texts[0],
        "pr_size",
        "lines",
        ("2026-W41", "2026-W42", "2026-W43"),
        days,
        (10.0, None, 30.0),
        (2, 0, 2),
        (False, False, True),
        20.0,
        5.0,
        40.0,
        ((days[1], texts[-1]),),
        25.0,
        (False, False, True),
    )
    bars = Bars(texts[0], "%", tuple(Bar(text, {text: 60.0, "rest": 40.0}) for text in texts[:3]), stacked=True)
    section = Section(
        "quality",
        "Quality",
        texts,
        (figure(said=texts[0]), figure(indicator="wip", value=None, n=0, reason="no source")),
        (trend, bars),
        (Table("Things", headings, cells), Table("None", headings, (), "Nothing.")),
        ("Pull requests.",),
    )
    row_headings = tuple(
        Heading(name, kind)
        for name, kind in (
            ("key", Column.WORDS),
            ("at", Column.DAY),
            ("value", Column.NUMBER),
            ("url", Column.LINK),
            ("team", Column.WORDS),
            ("repository", Column.WORDS),
            ("left out because", Column.WORDS),
        )
    )
    rows = tuple(
        (f"acme/app#{n}", AS_OF, value, "https://example.invalid/1", texts[0], "acme/app", out)
        # 10, 15, 20 and 25 count: the median is 17.5; 85 % lie below 10 + 0.85 * 15 = 22.75; 900 is a bot's
        for n, (value, out) in enumerate(((10.0, None), (900.0, "bot"), (15.0, None), (20.0, None), (25.0, None)))
    )
    usual = {
        "kind": "monthly",
        "title": "Engineering report, October 2026",
        "organisation": texts[0],
        "audience": "Board",
        "period": "2026-10",
        "start": START,
        "end": END,
        "as_of": AS_OF,
        "data": "3.1",
        "configuration": "abc123",
        "sections": (section,),
        "definitions": (
            Definition("pr_size", "Pull request size", "lines", texts[0], texts[0], "at most 200", "1a", "median"),
        ),
        "answer": Section("answer", "In short", texts, (figure(p85=22.75),)),
        "rows": {"pr_size": Table("Pull request size", row_headings, rows)},
    }
    return sealed(Report(**(usual | values)))
