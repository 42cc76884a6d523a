"""What the store holds of people, table by table, and the rules that no screen can leave."""

import pandas as pd
import streamlit as st

from data.persons import people_in_tables
from pages.ui.view import View

RULES = """
- **Teams are the smallest unit.** A team of fewer than {least} people is never shown by itself; a report names nobody.
- **Nobody is ranked, scored or compared.** There is no figure of a person, in no screen, command, file or report, and
  nothing to switch one on.
- **Names stand only where the work itself has one**: on an open pull request or issue that waits for somebody, in the
  order of the alphabet. Administrators also see which accounts look like one person's, because they write `[people]`.
- **Nothing leaves this machine** but what somebody exports or sends as a report. Titles of pull requests and issues are
  kept as they are and may contain names that people wrote there.
"""
PLAIN = "Names are stored as the sources give them. `[privacy] pseudonym_key_env` would keep stand-ins in their place."
HIDDEN = "Stand-ins are stored in the place of people; the key that made them is not in the store."
ERASED = """
Ask whoever runs this to type `python -m data forget LOGIN --yes`. Every login, id, address and name of yours becomes a
stand-in, in all rows and in every later sync; what teams did stays counted. Older backups still hold your name.
"""


def show(view: View) -> None:
    """The rules, what is stored and why, and the way out."""
    settings = view.source.settings
    st.markdown(RULES.format(least=settings.privacy.minimum_team_size))
    st.subheader("What is stored, and why")
    st.markdown(HIDDEN if settings.privacy.pseudonym_key_env else PLAIN)
    lines = [
        {"table": table, "of people": ", ".join(columns), "why": WHY.get(table, "")}
        for table, columns in people_in_tables()
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, alt="What each table holds of people, and why")
    st.subheader("How to be erased")
    st.markdown(ERASED)


WHY = {
    "accounts": "to know which accounts are one person's, whether it is a robot, and which team the work belongs to",
    "pull_requests": "the author's team, and that a review by the author is none",
    "reviews": "that somebody other than the author reviewed, and how evenly a team shares the work",
    "review_comments": "the same, for comments that belong to no review",
    "comments": "to tell people's words from those of robots",
    "commits": "work after an approval, and accounts that share an address",
    "pull_request_events": "who was asked for a review, so that the queue says whom it waits for",
    "releases": "to tell people's releases from those of robots",
    "deployments": "to tell people's deployments from those of robots",
    "issues": "the team of an issue, and whom an open one waits for",
    "issue_changes": "the team of an issue at the time, and changes in bulk",
    "worklogs": "hours by plan; never by person",
    "git_commits": "how many people know a file, as a number",
    "notes": "whose word an annotation, a decision or an override is",
}
