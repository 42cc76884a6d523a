"""The monthly report on a screen: the same words, figures, charts and tables as in every file of it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from data import notes, reports
from data.errors import PlumblineError
from metrics.answers import Answer, answers
from metrics.catalogue import INDICATORS
from metrics.model import Scope
from pages.ui import figures, plain_table, report_charts
from pages.ui.palette import palette
from pages.ui.plain_table import Cell
from pages.ui.sign_in import Role, may, require, required
from pages.ui.view import View
from reports import build, desk, formats, words
from reports.content import Figure, Report, Section, Table
from reports.frozen import report_of
from reports.markdown import text
from reports.reading import Reading
from reports.safe import NamedPersonError
from reports.sentences import first_words
from reports.spans import label_of

MONTHS = 12
DIFFERENCES = ("Against the period before", "Targets changed", "Restated", "What moved")
HEAD = ("figure", "value", "n", "before", "what may be said", "target")


def chosen(view: View) -> tuple[Scope, Scope]:
    """The month that the visitor chooses among the last complete ones, and the month before it."""
    kind, calendar = build.KINDS["monthly"], view.source.settings.calendar
    spans = [kind.span(None, view.scope.now, calendar)]
    for _ in range(MONTHS - 1):
        named = label_of(spans[-1][1], kind.grain)
        spans.append(kind.span(named, view.scope.now, calendar))
    named = {label_of(period, kind.grain): (period, before) for period, before in spans}
    month = st.selectbox("Month", list(named), key="month", bind="query-params", width=240)
    return named[str(month)]


def written(view: View, period: Scope, before: Scope) -> tuple[Report, Answer]:
    """The report of a month, and what its figures were taken from; what is wrong with it ends the page."""
    key = (view.source.key, notes.version(view.source.store), len(reports.sent(view.source.store)), period)
    try:
        with st.spinner("Writing the report…", show_time=True):
            return _written(key, view, period, before)
    except NamedPersonError as error:
        st.error(str(error))
        st.stop()


@st.cache_resource(max_entries=2, show_spinner=False)
def _written(key: tuple[object, ...], _view: View, _period: Scope, _before: Scope) -> tuple[Report, Answer]:
    source = _view.source
    answer = answers(_view.loaded, source.said)
    reading = Reading(_view.loaded, _period, _before, answer, source.said)
    return desk.from_reading(source.store, "monthly", reading), answer


def sections(whole: Report) -> Report:
    """The report with the sections that the visitor chooses."""
    titles = {one.key: one.title for one in whole.sections}
    free = [key for key in titles if key not in build.ALWAYS]
    picked = st.pills(
        "Sections",
        free,
        default=free,
        selection_mode="multi",
        format_func=lambda key: titles[key],
        key="sections",
        help="Scope and data, and method and definitions are always in it.",
    )
    return whole if set(picked) == set(free) else build.only(whole, picked)


def export(view: View, report: Report) -> None:
    """A button for each format, for who may export; what is downloaded is kept as it was sent."""
    if not may(Role.LEAD):
        st.caption("Leads may export reports; you may read them here.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for ending, one in formats.FORMATS.items():
            st.download_button(
                one.name,
                data=_writer(report, ending),
                file_name=formats.file_name(report, ending),
                mime=one.media,
                key=f"export-{ending}",
                on_click=_keep,
                args=(view, report),
            )
        st.caption(f"Report {report.digest}: kept as it is when it is downloaded; the digest is in every footer.")


def _writer(report: Report, ending: str) -> Callable[[], bytes]:
    """What writes a report when its button is pressed, if the sign-in of the page holds then."""
    check = required(Role.LEAD)

    def write() -> bytes:
        check()
        return formats.write(report, ending)

    return write


def _keep(view: View, report: Report) -> None:
    require(Role.LEAD)
    try:
        desk.keep(view.source.store, report)
    except PlumblineError as error:  # a store that is read only: the file is as good
        st.toast(f"Not kept: {error}")


def preview(view: View, report: Report, answer: Answer, period: Scope, before: Scope) -> None:
    """The report of a period, section by section; its figures lead to their rows."""
    st.caption(f"{report.title} · {report.organisation} · {report.audience}")
    for section in (report.answer, *report.sections):
        if section is not None:
            _section(view, section, lambda one: _figure(view, answer, one, period, before))


def _section(view: View, section: Section, row_of: Callable[[Figure], list[Cell]]) -> None:
    st.subheader(section.title, anchor=section.key)
    st.markdown("  \n".join(text(sentence) for sentence in section.sentences))
    if section.figures:
        plain_table.table("", HEAD, map(row_of, section.figures))
    colours = palette(st.context.theme.type)
    for place, chart in enumerate(section.charts):
        st.caption(f"{words.plain(chart.title)}, {chart.unit}")
        drawn = report_charts.drawn(chart, colours, view.scope)
        st.plotly_chart(
            drawn, key=f"chart-{section.key}-{place}", config={"displayModeBar": False}, alt=words.plain(chart.title)
        )
    for table in section.tables:
        _table(table)


def _figure(view: View, answer: Answer, one: Figure, period: Scope, before: Scope) -> list[Cell]:
    return [
        one.name,
        _linked(view, answer, one, one.value, period),
        f"{one.n:,}",
        _linked(view, answer, one, one.before, before),
        words.plain(words.said_of(one)) or "not judged",
        words.plain(one.target) or words.UNKNOWN,
    ]


def _linked(view: View, answer: Answer, one: Figure, value: float | None, time: Scope) -> Cell:
    """A value of the report that leads to its rows; words alone where the store says something else by now."""
    result = answer(INDICATORS[one.indicator], replace(time, **_place(view, one.scope)))
    said = words.measure(value, one.unit)
    return figures.of_result(result, said) if result.total.value == value else said


def _place(view: View, name: str) -> dict[str, str]:
    """The keys of the place that a figure of a report names: a team by its name, or a repository."""
    if not name:
        return {}
    teams = {its.name or key: key for key, its in view.source.settings.teams.items()}
    return {"team": teams[name]} if name in teams else {"repository": name}


def _table(table: Table) -> None:
    st.markdown(f"**{text(table.title)}**")
    if not table.rows:
        st.caption(text(table.empty))
        return
    head = [f"{one.name}, {one.unit}" if one.unit not in {"", "count"} else one.name for one in table.headings]
    rows = ([words.cell(value, one) for value, one in zip(row, table.headings, strict=True)] for row in table.rows)
    plain_table.table("", head, rows)
    if table.more:
        st.caption(f"{table.more:,} more are not listed.")


def differences(report: Report) -> None:
    """What differs from the month before, which targets changed, and what was restated."""
    found = {table.title: table for section in report.sections for table in section.tables}
    for title in DIFFERENCES:
        if title in found:
            _table(found[title])


def sent(view: View) -> None:
    """Every report that was sent, to be written again as it was."""
    listed = reports.sent(view.source.store)
    if not listed:
        st.caption("No report was sent yet: what is downloaded here, or written by the command, is kept.")
        return
    names = {
        one.digest: f"{one.period} · {one.kind} · as of {one.as_of:%d %B %Y %H:%M} UTC · {one.digest}" for one in listed
    }
    digest = st.selectbox("Report", list(names), format_func=names.__getitem__, key="sent")
    kept = report_of(reports.content(view.source.store, str(digest)))
    st.caption(f"{len(kept.sections)} sections: {first_words([one.title for one in kept.sections], 10)}.")
    if not may(Role.LEAD):
        return
    with st.container(horizontal=True, gap="small"):
        for ending, one in formats.FORMATS.items():
            name = f"sent-{formats.file_name(kept, ending)}"
            st.download_button(
                one.name, data=_writer(kept, ending), file_name=name, mime=one.media, key=f"sent-{ending}"
            )
