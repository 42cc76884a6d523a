"""Which of a site's fields holds what: told by the board, else by the field's schema, else by its name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STANDARD = (
    "summary",
    "project",
    "issuetype",
    "status",
    "resolution",
    "resolutiondate",
    "priority",
    "created",
    "updated",
    "duedate",
    "parent",
    "creator",
    "reporter",
    "assignee",
    "labels",
    "components",
    "fixVersions",
    "issuelinks",
    "worklog",
)
SCHEMAS = {
    "com.pyxis.greenhopper.jira:gh-sprint": "sprint",
    "com.pyxis.greenhopper.jira:gh-epic-link": "epic",
    "com.pyxis.greenhopper.jira:gh-epic-label": "epic_name",
    "com.pyxis.greenhopper.jira:jsw-story-points": "points",
}
NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"
NAMES = {
    "story points": "points",
    "story point estimate": "points",
    "flagged": "flagged",
    "severity": "severity",
    "found in": "found_in",
}
# What a history calls the fields that every site has, by the field's id or by its name.
HISTORY = {
    "status": "status",
    "assignee": "assignee",
    "priority": "priority",
    "resolution": "resolution",
    "issuetype": "type",
    "duedate": "due_date",
    "fixVersions": "fix_version",
    "Fix Version": "fix_version",
    "parent": "parent",
    "Parent": "parent",
    "IssueParentAssociation": "parent",
    "Epic Link": "epic",
    "Sprint": "sprint",
    "Flagged": "flagged",
}
IN_HISTORY = {"sprint", "epic", "points", "flagged"}


@dataclass(frozen=True)
class Fields:
    """The custom fields by what they hold, best first, and what a history calls each field that is kept."""

    holding: Mapping[str, tuple[str, ...]]
    in_history: Mapping[str, str]

    @property
    def asked(self) -> list[str]:
        """The ids to ask Jira for."""
        return [*STANDARD, *(field for fields in self.holding.values() for field in fields)]

    def value(self, values: Mapping[str, Any], what: str) -> Any:
        """The first value that is set among the fields holding `what`; None: none is."""
        return next((values[f] for f in self.holding.get(what, ()) if values.get(f) is not None), None)

    def word(self, item: Mapping[str, Any]) -> str | None:
        """Our word for the field that a history's item changes; None: not kept."""
        return self.in_history.get(item.get("fieldId") or "") or self.in_history.get(item.get("field") or "")


def recognise(said: Iterable[Mapping[str, Any]], estimated_by: Sequence[str] = ()) -> Fields:
    """Sort a site's fields. `estimated_by`: the fields by which its boards estimate, which come first for points."""
    found: dict[str, list[tuple[int, str]]] = {}
    in_history = dict(HISTORY)
    for field in said:
        what, rank = _what(field, estimated_by)
        if what:
            found.setdefault(what, []).append((rank, field["id"]))
        if what in IN_HISTORY:
            in_history |= {field["id"]: what, field["name"]: what}
    return Fields({what: tuple(field for _, field in sorted(fields)) for what, fields in found.items()}, in_history)


def _what(field: Mapping[str, Any], estimated_by: Sequence[str]) -> tuple[str | None, int]:
    kind = (field.get("schema") or {}).get("custom")
    if kind is None:
        return None, 0
    if field["id"] in estimated_by:
        return "points", 0
    if kind in SCHEMAS:
        return SCHEMAS[kind], 1
    named = NAMES.get((field.get("untranslatedName") or field.get("name") or "").strip().lower())
    return (None, 0) if named == "points" and kind != NUMBER else (named, 2)
