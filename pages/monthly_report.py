"""The monthly report: preview, choose, add what only people know, export; what differs and what was restated."""

import streamlit as st

from pages.ui import freshness, monthly_report, report_notes
from pages.ui.frame import title

view = title(
    "Monthly report", "What is sent to executives and investors: the whole organisation, whatever the filters."
)
if not freshness.loading(view):
    period, before = monthly_report.chosen(view)
    whole, answer = monthly_report.written(view, period, before)
    report = monthly_report.sections(whole)
    monthly_report.export(view, report)
    preview_tab, added_tab, moved_tab, sent_tab = st.tabs(
        ["Preview", "Remarks and owners", "What differs", "Sent before"]
    )
    with preview_tab:
        monthly_report.preview(view, report, answer, period, before)
    with added_tab:
        report_notes.show(view, whole, period)
    with moved_tab:
        monthly_report.differences(whole)
    with sent_tab:
        monthly_report.sent(view)
