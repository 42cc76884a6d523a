"""What sources and files say is words on every page: no element, no picture from elsewhere, no link that was not ours."""

import re
from html.parser import HTMLParser

import pytest
from app_pages import SCREENS, opened
from conftest import NOW, REPOSITORY, event, pull, review, row
from markdown_it import MarkdownIt

from data import notes, record
from data.notes import Kind, Note
from data.store import Store

BEACON = "![x](https://evil.example/x.png)[y](https://evil.example/y)"
MARKUP = f"<script>alert(1)</script><img src=https://evil.example/z onerror=alert(1)>{BEACON}"
PAGES = ("weekly.py", "objectives.py", "tech_debt.py", "indicators.py", "privacy.py", "monthly_report.py", "figure.py")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of a store in which every word of a source is markup."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "config.toml").write_text(
        '[[github]]\nrepositories = ["acme/app"]\n[teams.pay]\nrepositories = ["acme/app"]\n'
    )
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    words = {"title": MARKUP, "author": MARKUP, "labels": [MARKUP], "head_branch": MARKUP, "url": MARKUP}
    bot = {"author_kind": "Bot", "author": f"{MARKUP}[bot]"}
    run = record.start_run(store, NOW)
    with store.writing() as connection:
        store.upsert(
            connection, "repositories", [REPOSITORY | {"name": MARKUP, "url": MARKUP, "default_branch": MARKUP}]
        )
        pulls = [pull(n, f"2026-11-0{n} 08:00", merged_at=f"2026-11-0{n} 20:00", **words) for n in range(2, 9)]
        pulls += [pull(10, "2026-11-10 08:00", **words), pull(11, "2026-11-10 08:00", **(words | bot))]
        for one in pulls:
            store.upsert(connection, "pull_requests", [one])
        store.upsert(connection, "reviews", [review(n, f"2026-11-0{n} 10:00", who=MARKUP) for n in range(2, 9)])
        asked = event(10, "review_requested", "2026-11-10 09:00") | {"subject": MARKUP, "subject_kind": "User"}
        store.upsert(connection, "pull_request_events", [asked])
        store.upsert(connection, "projects", [row("projects", id="10", key=MARKUP, name=MARKUP)])
        issue = {"key": MARKUP, "title": MARKUP, "type": MARKUP, "status": MARKUP, "url": MARKUP, "assignee": MARKUP}
        store.upsert(
            connection, "issues", [row("issues", id="1", project_id="10", created_at="2026-11-02 08:00", **issue)]
        )
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "error": MARKUP}
        tables = ["repositories", "pull_requests", "reviews", "pull_request_events", "issues"]
        record.save_state(store, connection, "github", tables, MARKUP, facts)
    for kind in (Kind.ANNOTATION, Kind.DECISION):
        notes.add(store, Note(kind, MARKUP, MARKUP, NOW))
    record.finish_run(store, run, NOW, "failed", MARKUP)
    return folder


@pytest.fixture
def hostile(place, monkeypatch):
    """The pages find that store."""
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(place / "config.toml"))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{place / 'metrics.db'}")


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def drawn(app):
    """Every text of the page as the browser makes HTML of it."""
    for element in app.main:
        body = getattr(element.proto, "body", "")
        if element.type == "html" or getattr(element.proto, "allow_html", False):
            yield body
        elif isinstance(body, str):
            yield MARKDOWN.render(re.sub(r"[<>]", " ", body))  # Streamlit shows HTML in Markdown as words


@pytest.mark.parametrize(("page", "part"), [*SCREENS, *((page, "") for page in PAGES)])
def test_nothing_that_a_source_says_is_more_than_words(hostile, page, part):
    app = opened(page, team="pay", **({"part": part} if part else {}))
    assert not app.exception
    for text in drawn(app):
        for tag, attributes in Elements(text).found:
            assert tag not in {"script", "iframe", "object", "embed", "form"}, text
            assert not [name for name in attributes if name.startswith("on")], text
            address = (attributes.get("src") or attributes.get("href") or "").lower()
            assert "evil.example" not in address and not address.startswith("javascript:"), text
