"""From the store and the configuration to a report, and back into the store as it was sent."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from data import demonstration, forecasts, notes, reports
from data.config import Config
from data.errors import StoreError
from data.reports import SentReport
from data.store import Store
from metrics.answers import answers
from metrics.loading import kept_identities, load
from metrics.said import said
from metrics.told import plans_told
from reports import build, frozen
from reports.content import Report
from reports.reading import Reading
from reports.safe import people
from reports.sections.roadmap import printed
from reports.spans import label_of


def write(store: Store, settings: Config, now: datetime, kind: str, named: str | None = None) -> Report:
    """The report of a month or a week, the last complete one unless named. Raises ConfigError for one not over."""
    with store.one_state():
        return from_reading(store, kind, reading(store, settings, now, kind, named))


def reading(store: Store, settings: Config, now: datetime, kind: str, named: str | None = None) -> Reading:
    """What the report of a period is written from. Raises ConfigError for a period that is not over."""
    period, before = build.KINDS[kind].span(named, now, settings.calendar)
    loaded = load(store, settings)
    beside = said(store, settings, loaded.organisation)
    return Reading(loaded, period, before, answers(loaded, beside), beside)


def from_reading(store: Store, kind: str, read: Reading) -> Report:
    """The report on what was read, beside the notes that stand and the report on the period before.

    The forecasts that it prints are kept in the log of forecasts, as those that a screen shows.
    """
    chosen = build.KINDS[kind]
    earlier = reports.last_of(store, kind, label_of(read.before, chosen.grain), read.period.now)
    known = replace(named_nobody(store, read), earlier=frozen.report_of(earlier) if earlier else None)
    written = build.report(chosen, known, store.version(), demonstration.is_in(store))
    _log(store, known)
    return written


def _log(store: Store, read: Reading) -> None:
    now, plans = read.period.now, read.plans
    if not plans.is_of(now):
        return
    told = plans_told(plans.kind.word, printed(plans), now, now.date())
    with suppress(StoreError):  # a store that cannot be written just now can be read all the same
        forecasts.keep(store, [one.row for one in told])


def named_nobody(store: Store, read: Reading) -> Reading:
    """What was read, with the notes that stand, and with everybody who is not to be named in it."""
    everybody = kept_identities(store, store.position())
    return replace(read, notes=notes.standing(store), names=people(read.loaded, everybody))


def keep(store: Store, report: Report) -> None:
    """Keep a report as it was sent."""
    its = SentReport(report.digest, report.kind, report.period, report.as_of, report.as_of)
    reports.keep(store, its, frozen.content(report))
