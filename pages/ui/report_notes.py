"""What only people know of a report: a remark, who owns a risk and what is done about it, a decision."""

import streamlit as st

from data.notes import Kind, Note
from metrics.model import Scope
from pages.ui import decisions, notes
from pages.ui.view import View
from reports.content import Report
from reports.sections.risks import TITLE

ROLES = "Roles and teams, not people: names are left out of every report."


def show(view: View, report: Report, period: Scope) -> None:
    """The forms, for who may write."""
    notes.confirm_kept()
    if not notes.may_write():
        st.caption("Leads may add remarks, owners and decisions; you may read them in the report.")
        return
    _risk(view, report)
    _remark(view, period)
    st.subheader("Decision")
    decisions.form(view)


def _risk(view: View, report: Report) -> None:
    found = [
        str(row[0]) for section in report.sections for one in section.tables if one.title == TITLE for row in one.rows
    ]
    st.subheader("Owner and mitigation of a risk")
    if not found:
        st.caption("No rule found a risk in this month.")
        return
    with st.form("risk", clear_on_submit=True, border=False):
        risk = st.selectbox("Risk", found, key="risk-name")
        owner = st.text_input("Owner", key="risk-owner", max_chars=80, help=ROLES)
        mitigation = st.text_input("Mitigation", key="risk-mitigation", max_chars=300)
        author = notes.name_input("risk")
        sent = st.form_submit_button("Keep the owner and the mitigation")
    if sent:
        details = {"risk": risk, "owner": owner.strip(), "mitigation": mitigation.strip()}
        said = f"{risk}: {owner.strip() or 'no owner'}, {mitigation.strip() or 'no mitigation'}"
        notes.keep(view, Note(Kind.REMARK, said, author.strip(), view.clock, details=details))


def _remark(view: View, period: Scope) -> None:
    st.subheader("Remark")
    with st.form("remark", clear_on_submit=True, border=False):
        said = st.text_area("Remark on this month", key="remark-text", max_chars=1000, help=ROLES)
        author = notes.name_input("remark")
        sent = st.form_submit_button("Keep the remark")
    if sent:
        notes.keep(view, Note(Kind.REMARK, said.strip(), author.strip(), view.clock, period.start, period.end))
