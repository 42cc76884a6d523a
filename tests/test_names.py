"""Nobody is named where work is counted, and where open work has a name, nothing of a person decides the order."""

import json
import re

import pytest
from app_pages import SCREENS, TEAM, everything_on, opened
from conftest import NOW
from written_files import parts

from data import config
from data.demonstration import CONFIGURATION
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.evaluate import observations
from metrics.loading import load
from metrics.model import Scope
from pages.ui.sign_in import Role, Visitor
from reports import desk, formats

WHOLE_PAGES = ("weekly.py", "objectives.py", "tech_debt.py", "indicators.py", "privacy.py", "monthly_report.py")
OPEN_WORK = {  # where a name may stand: on a list of open pull requests, and on those who are asked by them
    ("bottlenecks.py", "Today"),
    ("code_review.py", "Queue"),
}
PIECE = re.compile(r"\w+")
FACTS_OF_PEOPLE = {"author", "reviewer", "asked", "assignee", "actor", "reporter", "login", "person", "email"}


@pytest.fixture(scope="module")
def demonstration(demonstration_file):
    """The store of the demonstration and its configuration."""
    return Store.open(f"sqlite:///{demonstration_file}"), config.read(CONFIGURATION)


class Names:
    """Finds words in a text as a pattern of all of them would, only sooner: by the pieces that the text has."""

    def __init__(self, words):
        self.words = {word: set(PIECE.findall(word.lower())) for word in words}

    def search(self, text):
        pieces = set(PIECE.findall(text.lower()))
        near = [re.escape(word) for word, needed in self.words.items() if needed <= pieces]
        return re.search(rf"(?<![\w-])(?:{'|'.join(near)})(?![\w-])", text, re.IGNORECASE) if near else None


def test_a_name_is_found_as_a_whole_word_whatever_stands_beside_it():
    names = Names(["mira", "Ann Lee", "mira@acme.example"])
    for text in ("by Mira.", "Ann Lee, Bo", "<mira@acme.example>", "x\nMIRA\n"):
        assert names.search(text), text
    for text in ("mira-2", "admirable", "Ann and Lee", ""):
        assert not names.search(text), text


@pytest.fixture(scope="module")
def people(demonstration):
    """A pattern that finds whatever anybody of the demonstration is called: logins, names, addresses."""
    store, settings = demonstration
    accounts, commits = store.load("accounts"), store.load("git_commits", ["author_name", "author_email"])
    people = accounts[~accounts["kind"].isin(["Bot", "app"])]
    said = {*people["login"], *people["name"], *people["email"], *commits["author_name"], *commits["author_email"]}
    words = sorted(
        word for word in said if isinstance(word, str) and word not in settings.bots.names and "[bot]" not in word
    )
    assert len(words) > 60
    return Names(words)


@pytest.fixture
def shown_to_a_viewer(shown_demonstration, monkeypatch):
    monkeypatch.setattr("pages.ui.sign_in.OWNER", Visitor("", Role.VIEWER))


def test_no_report_of_the_demonstration_names_anybody_in_any_format(demonstration, people, tmp_path):
    store, settings = demonstration
    for kind in ("monthly", "weekly"):
        report = desk.write(store, settings, NOW, kind)
        for ending in formats.FORMATS:
            file = tmp_path / formats.file_name(report, ending)
            file.write_bytes(formats.write(report, ending))
            for part in parts(file):
                found = people.search(part.decode(errors="replace"))
                assert not found, f"{found} is in {file.name}"


def test_no_row_behind_a_figure_names_anybody(demonstration, people):
    """Nor can a figure be asked for by person: a scope has no place for one."""
    store, settings = demonstration
    facts = load(store, settings).facts
    assert not FACTS_OF_PEOPLE & set(Scope.__dataclass_fields__)
    for indicator in CATALOGUE:
        rows = observations(indicator, facts)
        assert not FACTS_OF_PEOPLE & set(rows.columns), indicator.id
        words = {str(one) for name in rows.select_dtypes(["str", "object"]) for one in rows[name].dropna().unique()}
        found = people.search("\n".join(words))
        assert not found, f"{indicator.id}: {found}"


@pytest.mark.parametrize(("page", "part"), [*SCREENS, *((page, "") for page in WHOLE_PAGES)])
def test_no_screen_names_anybody_but_on_open_work(shown_to_a_viewer, people, page, part):
    app = opened(page, team=TEAM, **({"part": part} if part else {}))
    found = people.search(everything_on(app))
    assert bool(found) == ((page, part) in OPEN_WORK), f"{found} is on {page} {part}"


@pytest.mark.parametrize(("page", "part"), sorted(OPEN_WORK))
def test_open_work_is_ordered_by_its_age_and_people_by_the_alphabet(shown_to_a_viewer, people, page, part):
    app = opened(page, team=TEAM, part=part)
    named = [frame.value for frame in app.dataframe if people.search(frame.value.to_csv())]
    assert named
    for rows in named:
        assert rows["days"].is_monotonic_decreasing
    charts = [json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart")]
    axes = [trace.get(axis) for chart in charts for trace in chart for axis in ("x", "y")]
    for axis in axes:
        names = [str(one) for one in axis if people.search(str(one))] if isinstance(axis, list) else []
        assert names in (sorted(names), sorted(names, reverse=True))
