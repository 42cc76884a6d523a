"""Reports as they were sent: kept once each, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from data.errors import PlumblineError
from data.schema import sent_reports
from data.store import Store


@dataclass(frozen=True)
class SentReport:
    """One report that was sent; `content` is all of it."""

    digest: str
    kind: str
    period: str
    made_at: datetime
    as_of: datetime


LISTED = [sent_reports.c[name] for name in ("digest", "kind", "period", "made_at", "as_of")]


def keep(store: Store, report: SentReport, content: Mapping[str, Any]) -> None:
    """Keep a report; one with the same digest is the same report and stays as it is."""
    known = select(sent_reports.c.digest).where(sent_reports.c.digest == report.digest)
    with store.writing() as connection:
        if connection.execute(known).first() is None:
            connection.execute(insert(sent_reports).values(**vars(report), content=dict(content)))


def sent(store: Store) -> tuple[SentReport, ...]:
    """Every report that was sent, the newest first."""
    newest = (sent_reports.c.as_of.desc(), sent_reports.c.made_at.desc(), sent_reports.c.digest)
    with store.reading() as connection:
        rows = connection.execute(select(*LISTED).order_by(*newest)).all()
    return tuple(SentReport(**row._mapping) for row in rows)


def content(store: Store, digest: str) -> dict[str, Any]:
    """All that a report says, by its digest or the beginning of it. Raises PlumblineError when no one report has it."""
    is_meant = sent_reports.c.digest.startswith(digest, autoescape=True)
    with store.reading() as connection:
        found = connection.execute(select(sent_reports.c.content).where(is_meant)).all()
    if len(found) != 1 or not digest:
        many = "no report" if not found else f"{len(found)} reports"
        raise PlumblineError(
            f"{digest or 'an empty digest'}: {many} was sent with it; `python -m reports list` names all"
        )
    kept: dict[str, Any] = found[0].content
    return kept


def last_of(store: Store, kind: str, period: str, until: datetime) -> dict[str, Any] | None:
    """The last report of a period that was sent until then; None when none was."""
    its = (sent_reports.c.kind == kind, sent_reports.c.period == period, sent_reports.c.as_of <= until)
    newest = (sent_reports.c.as_of.desc(), sent_reports.c.made_at.desc(), sent_reports.c.digest)
    with store.reading() as connection:
        row = connection.execute(select(sent_reports.c.content).where(*its).order_by(*newest).limit(1)).first()
    return row.content if row else None
