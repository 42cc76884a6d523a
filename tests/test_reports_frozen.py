"""A report as it was sent: kept whole, found by its digest, never changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from report_rows import AS_OF, HOSTILE, report

from data import reports
from data.errors import PlumblineError
from data.reports import SentReport
from reports import desk
from reports.frozen import content, report_of, sealed


@pytest.mark.parametrize("texts", [("plain",), HOSTILE])
def test_a_report_comes_back_as_it_was(texts):
    made = report(texts)
    assert report_of(content(made)) == made


def test_the_digest_is_of_everything_and_of_nothing_else():
    made = report()
    assert sealed(made).digest == made.digest == report().digest
    for other in (replace(made, data="3.2"), replace(made, rows={}), replace(made, sections=())):
        assert sealed(other).digest != made.digest


def test_a_kept_report_is_found_by_the_beginning_of_its_digest(store):
    made = report()
    desk.keep(store, made)
    desk.keep(store, made)  # the same report is kept once
    assert [one.digest for one in reports.sent(store)] == [made.digest]
    assert report_of(reports.content(store, made.digest[:6])) == made
    for unknown in ("ffff", "", "%"):
        with pytest.raises(PlumblineError, match="reports list"):
            reports.content(store, unknown)


def test_the_last_report_of_a_period_is_the_one_made_last_until_then(store):
    for days, name in ((0, "first"), (1, "second"), (9, "later")):
        when = AS_OF + timedelta(days=days)
        reports.keep(store, SentReport(name, "monthly", "2026-10", when, when), {"name": name})
    assert reports.last_of(store, "monthly", "2026-10", AS_OF + timedelta(days=2)) == {"name": "second"}
    assert reports.last_of(store, "monthly", "2026-09", AS_OF) is None
