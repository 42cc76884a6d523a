"""Screens run as Streamlit runs them, and all that stands on one."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from pages.ui import bottlenecks, code_review, coverage, delivery

ROOT = Path(__file__).parents[2]
TEAM = "dispatch"  # its reviews pile up
SCREENS = [
    *[("bottlenecks.py", part) for part in bottlenecks.PARTS],
    *[("delivery.py", part) for part in delivery.PARTS],
    *[("code_review.py", part) for part in code_review.PARTS],
    *[("coverage.py", part) for part in coverage.PARTS if part != "Figures"],
]


def opened(page="weekly.py", **query):
    """A page, opened with a query in the address."""
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=240)
    for name, value in query.items():
        app.query_params[name] = value
    return (app if page == "weekly.py" else app.switch_page(page)).run()


def text(app):
    """All words of a page."""
    kinds = (app.title, app.markdown, app.caption, app.subheader, app.error, app.success, app.metric)
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*(str(getattr(one, "value", "")) for kind in kinds for one in kind), *html])


def everything_on(app):
    """Every element of a page, whatever its kind, as it is sent to the browser."""
    return " ".join(str(element.proto) for element in app.main) + " ".join(t.value.to_csv() for t in app.dataframe)
