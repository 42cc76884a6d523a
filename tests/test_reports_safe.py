"""Names, logins and addresses of people: replaced in texts, refused in a report."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.content import Report, Section
from reports.safe import NamedPersonError, Names, check

NAMES = Names.of(["anja-brandt", "fjahr", "main", "Anja Brandt", "Björk Ösp", "renovate[bot]"], ["main", "acme/shop"])
MOMENT = datetime(2026, 10, 1, tzinfo=UTC)
REPORT = Report("monthly", "October", "Acme", "Board", "2026-10", MOMENT, MOMENT, MOMENT, "1.1", "abc", ())


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Move Anja Brandt's work", "Move (a person)'s work"),
        ("ask anja-brandt, not ANJA-BRANDT.", "ask (a person), not (a person)."),
        ("ping @fjahr and @somebody-else", "ping (a person) and (a person)"),
        ("write to anja.brandt@acme.example", "write to (an address)"),
        ("fjahr knows", "(a person) knows"),
        ("björk  ösp", "(a person)"),
        ("the main branch of acme/shop", "the main branch of acme/shop"),  # words of the house
        ("renovate", "renovate"),  # a bot is no person
        ("fjahrs", "fjahrs"),  # another word
        ("", ""),
    ],
)
def test_people_are_replaced_and_other_words_stay(said, left):
    assert NAMES.without(said) == left


@given(st.text(max_size=80))
def test_what_was_cleaned_names_nobody(said):
    assert not NAMES.named(NAMES.without(f"{said} anja-brandt Anja Brandt {said}"))


@pytest.mark.parametrize("said", ["by Anja Brandt", "anja-brandt did it", "x@y.example", "thanks @fjahr"])
def test_a_report_that_names_somebody_is_refused_with_the_place(said):
    named = replace(REPORT, sections=(Section("risks", "Risks and decisions", ("fine", said)),))
    with pytest.raises(NamedPersonError, match="Risks and decisions") as error:
        check(named, NAMES)
    assert "brandt" not in str(error.value).lower()


def test_a_plain_word_that_is_also_a_login_refuses_nothing():
    check(replace(REPORT, sections=(Section("x", "X", ("fjahr is a word somewhere",)),)), NAMES)
