"""What is an epic, what belongs to one and what was given up, in any language and however a history tells it."""

import pytest
from issue_rows import change, facts_of, issue, issues_of, together

from connectors.jira.fields import recognise
from connectors.jira.parse import epic_id, level
from data.config import Config
from data.settings import Epics, Stages
from metrics.configured import organisation
from metrics.organisation import Organisation

OTHER_STATUSES = (("Abgebrochen", "90"), ("Annulé", "91"), ("却下", "92"), ("Cancelled", "93"))


def reasons(*made, **settings):
    """Why each issue is left out, by key."""
    found = issues_of(*made, organisation=organisation(Config(**settings)))["left_out"]
    return {key: None if reason != reason else reason for key, reason in found.items()}


def typed(key, kind, height, **values):
    return issue(key, "05", ("In Progress", "06"), ("Done", "09"), type=kind, level=height, **values)


@pytest.mark.parametrize(
    ("kind", "height", "reason"),
    [
        ("Epic", 1, "epic"),
        ("Feature", 1, "epic"),
        ("Épopée", 1, "epic"),
        ("エピック", 1, "epic"),
        ("Epic", None, "epic"),  # no levels: the name is the last resort
        ("EPIC", None, "epic"),
        ("Epic", 0, None),  # a type of that name which is none
        ("Geschichte", 0, None),
        ("Unteraufgabe", -1, "sub-task"),
        ("Sous-tâche", -1, "sub-task"),
        ("Sub-task", 0, None),  # called so, and none
        ("ストーリー", None, None),
        ("Initiative", 2, None),  # holds nothing: there is nothing else to count it by
    ],
)
def test_the_level_of_the_tracker_says_what_an_issue_is_and_not_its_name(kind, height, reason):
    assert reasons(typed("PAY-1", kind, height)) == {"PAY-1": reason}


def test_what_stands_above_epics_is_no_item():
    # a theme (3) over an initiative (2) over a feature (1) over a story (0) over a sub-task (-1): one item
    made = [
        typed("PAY-1", "Thema", 3),
        typed("PAY-2", "Initiative", 2, parent_id="1"),
        typed("PAY-3", "Feature", 1, parent_id="2"),
        typed("PAY-4", "Story", 0, parent_id="3"),
        typed("PAY-5", "Unteraufgabe", -1, parent_id="4"),
    ]
    out = ["above epics", "above epics", "epic", None, "sub-task"]
    assert list(reasons(*made).values()) == out
    facts = facts_of(together(*made), None, "epics", "epic_items")
    assert facts["epics"]["key"].tolist() == ["PAY-3"]
    items = facts["epic_items"]
    assert items[["item", "epic"]].to_numpy().tolist() == [[3, 2]]


def test_the_configured_types_are_epics_and_no_others():
    made = [
        typed("PAY-1", "Feature", 1),
        typed("PAY-2", "Epic", 1),
        typed("PAY-3", "Story", 0, parent_id="1", epic_id="1"),
        typed("PAY-4", "Story", 0, parent_id="2", epic_id="2"),
    ]
    who = organisation(Config(epics=Epics(types=("feature",))))
    facts = facts_of(together(*made), who, "issues", "epics", "epic_items")
    assert facts["epics"]["key"].tolist() == ["PAY-1"]
    assert facts["epic_items"][["item", "epic"]].to_numpy().tolist() == [[2, 0]]
    assert [None if e != e else e for e in facts["issues"]["epic"]] == [None, None, "PAY-1", None]


def test_without_levels_what_others_name_as_their_epic_is_one():
    made = [typed("PAY-1", "Epos", None), typed("PAY-2", "Geschichte", None, epic_id="1")]
    assert reasons(*made) == {"PAY-1": "epic", "PAY-2": None}


@pytest.mark.parametrize(
    ("kind", "has_name", "height"),
    [
        ({"name": "Feature", "hierarchyLevel": 1}, False, 1),
        ({"name": "Epic", "hierarchyLevel": 0}, True, 0),
        ({"name": "Teilaufgabe", "subtask": True}, False, -1),
        ({"name": "Teilaufgabe", "subtask": True, "hierarchyLevel": -1}, False, -1),
        ({"name": "Epos", "subtask": False}, True, 1),  # Data Center
        ({"name": "Geschichte", "subtask": False}, False, None),
        ({"name": "Thema", "hierarchyLevel": 3}, False, 3),
        ({}, False, None),
    ],
)
def test_a_level_is_read_from_the_type_else_from_the_name_of_the_epic(kind, has_name, height):
    assert level(kind, has_name) == height


@pytest.mark.parametrize(
    ("kind", "epic"),
    [
        ({"name": "Feature", "hierarchyLevel": 1}, "7"),
        ({"name": "Epic"}, "7"),
        ({"name": "Epic", "hierarchyLevel": 0}, None),
        ({"name": "Initiative", "hierarchyLevel": 2}, None),
    ],
)
def test_a_parent_is_the_epic_by_its_level(kind, epic):
    assert epic_id({"id": "7", "fields": {"issuetype": kind}}, None, {}) == epic


def test_fields_are_known_by_their_untranslated_names_and_schemas():
    custom = "com.atlassian.jira.plugin.system.customfieldtypes:"
    found = recognise(
        [
            {"id": "c1", "name": "Markiert", "untranslatedName": "Flagged", "schema": {"custom": custom + "x"}},
            {
                "id": "c2",
                "name": "Story-Punkte",
                "untranslatedName": "Story Points",
                "schema": {"custom": custom + "float"},
            },
            {"id": "c3", "name": "Epos-Name", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-epic-label"}},
        ]
    )
    assert found.holding == {"flagged": ("c1",), "points": ("c2",), "epic_name": ("c3",)}
    assert found.word({"field": "Markiert"}) == "flagged"


# What was given up ---------------------------------------------------------------------------------------


def ended(key, status, category="done", **values):
    return issue(key, "05", (status, "09"), status_category=category, **values)


@pytest.mark.parametrize(
    ("status", "stages", "reason"),
    [
        ("Cancelled", {}, "cancelled"),  # nobody configured any: the last resort
        ("Abgebrochen", {}, None),
        ("Abgebrochen", {"default": Stages(cancelled=("abgebrochen",))}, "cancelled"),
        ("Annulé", {"default": Stages(cancelled=("Annulé",))}, "cancelled"),
        ("却下", {"default": Stages(cancelled=("却下",))}, "cancelled"),
        ("Cancelled", {"default": Stages(cancelled=("却下",))}, None),  # the configuration replaces the last resort
        ("Cancelled", {"default": Stages(done=("Cancelled",))}, None),  # a stage names it
        ("Annulé", {"PAY": Stages(cancelled=("Annulé",))}, "cancelled"),
        ("Annulé", {"OPS": Stages(cancelled=("Annulé",))}, None),
        ("Annulé", {"default": Stages(cancelled=("Annulé",)), "PAY": Stages(cancelled=())}, None),
    ],
)
def test_a_status_of_cancellation_is_the_configured_one(status, stages, reason):
    assert reasons(ended("PAY-1", status), stages=stages) == {"PAY-1": reason}


def test_what_was_given_up_is_no_work_in_progress_whatever_category_its_status_has():
    who = organisation(Config(stages={"default": Stages(cancelled=("In Review",))}))
    made = issue("PAY-1", "05", ("In Progress", "06"), ("In Review", "08"))
    (fact,) = issues_of(made, organisation=who).to_dict("records")
    assert (fact["left_out"], fact["stage"], fact["done_at"].day) == ("cancelled", "done", 8)


# However a history tells it ------------------------------------------------------------------------------


def moved(field, when, before, after):
    return change(field, when, (before, after), (before and f"PAY-{before}", after and f"PAY-{after}"))


EPICS = (typed("PAY-1", "Feature", 1), typed("PAY-2", "Feature", 1), typed("PAY-3", "Story", 0))


@pytest.mark.parametrize(
    ("changes", "now", "stays"),
    [
        ([], "1", [(0, "05", None)]),
        ([moved("epic", "07", "1", "2")], "2", [(0, "05", "07"), (1, "07", None)]),
        ([moved("parent", "07", "1", "2")], "2", [(0, "05", "07"), (1, "07", None)]),
        ([moved("parent", "07", None, "1")], "1", [(0, "07", None)]),
        ([moved("parent", "07", "1", None)], None, [(0, "05", "07")]),
        (
            [moved("epic", "07", "1", "2"), moved("parent", "08", "2", "1")],
            "1",
            [(0, "05", "07"), (1, "07", "08"), (0, "08", None)],
        ),
        (
            [moved("epic", "07", "1", "2"), moved("parent", "07", "1", "2")],
            "2",
            [(0, "05", "07"), (1, "07", None)],
        ),  # told twice
        ([moved("parent", "07", "3", "1")], "1", [(0, "07", None)]),  # was a sub-task of a story
        ([moved("parent", "07", "1", "3")], None, [(0, "05", "07")]),
        ([moved("parent", "07", "99", "1")], "1", [(0, "07", None)]),  # from an epic that is not here
        (
            [moved("parent", "08", "2", "1"), moved("parent", "07", "1", "2")],
            "1",
            [(0, "05", "07"), (1, "07", "08"), (0, "08", None)],
        ),
    ],
)
def test_membership_is_read_from_every_field_that_tells_it(changes, now, stays):
    made = issue("PAY-9", "05", level=0, parent_id=now, changes=changes)
    facts = facts_of(together(*EPICS, made), None, "epic_items")
    rows = facts["epic_items"].sort_values("start")
    days = [[None if at != at else f"{at.day:02d}" for at in rows[side]] for side in ("start", "end")]
    assert list(zip(rows["epic"], *days, strict=True)) == stays


def test_an_organisation_that_says_nothing_has_no_types_of_its_own():
    assert Organisation().epic_types == frozenset()
    assert organisation(Config()).cancelled_statuses == {"default": {"cancelled", "canceled"}}
