"""Roles are asked for where something is done: whatever a page has written or started begins with `require`."""

import ast

import pytest
from access_server import ROOT, SOURCE

from data.config import Config
from pages.ui import commands, guide, monthly_report, notes, sign_in
from pages.ui.sign_in import NotAllowedError
from pages.ui.visitors import Role, Visitor
from reports import formats

ENDS = {
    "writing",
    "write_text",
    "write_bytes",
    "NamedTemporaryFile",
    "Popen",
}  # where a row, a file or a process is made
ASKS = {"require", "check", "start_for_administrator"}
OF_NOBODY = {  # what the app does by itself, whoever looks
    "pages/ui/demonstration.py: load_if_nothing_else",  # the first process has nothing else to show
    "pages/ui/kept_plans.py: _tell",  # the log of forecasts, once a day
    "pages/ui/monthly_report.py: _written",  # the same log, when a report first has them
    "pages/ui/cookies.py: end",  # whoever holds a cookie may sign out
    "pages/ui/commands.py: start",  # what the others call
}


def functions(folders):
    """Every function of some folders: its file, its name, and what it calls, each as `module.name` where that is known."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text())
            nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
            known = {node.name: f"{file.stem}.{node.name}" for node in nodes}
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module:
                    whence = node.module.rpartition(".")[2]
                    known |= {one.asname or one.name: f"{whence}.{one.name}" for one in node.names}
            for node in nodes:
                yield str(file.relative_to(ROOT)), f"{file.stem}.{node.name}", set(calls(node, known))


def calls(node, known):
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            owner = one.func.value
            place = known.get(owner.id, owner.id).rpartition(".")[2] if isinstance(owner, ast.Name) else ""
            yield f"{place}.{one.func.attr}"
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            yield known.get(one.func.id, one.func.id)


def ends(said):
    return {one.rpartition(".")[2] for one in said}


def writers():
    """The functions of the data, the metrics and the reports that write, however far down."""
    found = {}
    for _, name, said in functions(["data", "reports", "metrics"]):
        found[name] = found.get(name, set()) | said
    writing = {name for name, said in found.items() if ends(said) & ENDS}
    while True:
        more = {name for name, said in found.items() if said & writing}
        if more <= writing:
            return writing
        writing |= more


def test_whatever_a_page_writes_or_starts_asks_for_a_role_first():
    doers = writers() | {"commands.start", "subprocess.Popen"}
    assert {"notes.add", "notes.take_back", "first_config.write", "desk.keep"} <= doers
    unasked = {
        f"{file}: {name.partition('.')[2]}"
        for file, name, said in functions(["pages"])
        if (said & doers or ends(said) & ENDS) and not ends(said) & ASKS
    }
    assert unasked == OF_NOBODY


DONE = {  # what is done, and the least role for it
    "a note is added": (lambda: notes.keep(None, None), Role.LEAD),
    "a report is stored as sent": (lambda: monthly_report._keep(None, None), Role.LEAD),
    "a report is written": (lambda: monthly_report._writer(None, "md")(), Role.LEAD),
    "a sync is started": (lambda: commands.start_for_administrator("sync"), Role.ADMIN),
    "a check is started": (lambda: commands.start_for_administrator("check"), Role.ADMIN),
}


@pytest.mark.parametrize(("do", "least"), DONE.values(), ids=DONE)
@pytest.mark.parametrize("role", Role)
def test_what_is_done_needs_its_role_whatever_was_drawn(monkeypatch, do, least, role):
    monkeypatch.setattr(sign_in, "OWNER", Visitor("ada", role))
    monkeypatch.setattr(commands, "start", lambda *_: None)
    if role < least:
        with pytest.raises(NotAllowedError, match="This needs"):
            do()
    else:
        try:
            do()
        except NotAllowedError:
            raise
        except Exception as error:  # there is nothing behind it here
            assert "NoneType" in str(error)


def test_an_administrator_who_loses_the_role_while_the_form_is_open_writes_no_configuration(tmp_path, monkeypatch):
    from streamlit.testing.v1 import AppTest

    file = tmp_path / "config.toml"
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    monkeypatch.setattr(guide.config, "read", lambda *_: Config())
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    app.switch_page("connect.py").run()
    app.text_area(key="guide-repositories").set_value("acme/app").run()
    [write] = [one for one in app.button if one.label.startswith("Write")]
    monkeypatch.setattr(guide, "may", lambda _: True)  # the form is still drawn
    monkeypatch.setattr(sign_in, "OWNER", Visitor("", Role.LEAD))
    write.click().run()
    assert "This needs an administrator" in app.error[0].value
    assert not file.exists()


@pytest.mark.parametrize(("role", "buttons"), [(Role.VIEWER, 0), (Role.LEAD, 1)])
def test_only_leads_are_offered_reports(tmp_path, monkeypatch, role, buttons):
    from streamlit.testing.v1 import AppTest

    (tmp_path / "config.toml").write_text(SOURCE)
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    monkeypatch.setattr(sign_in, "OWNER", Visitor("ada", role))
    monkeypatch.setattr(formats, "file_name", lambda *_: "report.md")

    def page():
        from types import SimpleNamespace

        from pages.ui import monthly_report

        monthly_report.export(None, SimpleNamespace(digest="0123"))

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert bool(app.get("download_button")) is bool(buttons)


def test_a_page_that_somebody_else_left_behind_is_emptied(monkeypatch):
    import streamlit as st

    state = {"half a note": "of Ada"}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(sign_in, "OWNER", Visitor("ada", Role.LEAD))
    sign_in.gate()
    assert state["half a note"] == "of Ada"
    monkeypatch.setattr(sign_in, "OWNER", Visitor("bob", Role.LEAD))
    sign_in.gate()
    assert "half a note" not in state
