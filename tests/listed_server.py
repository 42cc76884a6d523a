"""`streamlit …` as it is, whose server also writes the table of its routes to the file that ROUTES names."""

import json
import os
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)

import streamlit as st  # noqa: E402 - the folder of this file is not where it runs
from streamlit.web import cli  # noqa: E402

build = st.App._build_starlette_app


def listed(app):
    """Build the server, and write down what it answers."""
    built = build(app)
    found = [(route.path, sorted(getattr(route, "methods", None) or ())) for route in built.routes]
    Path(os.environ["ROUTES"]).write_text(json.dumps(found))
    return built


st.App._build_starlette_app = listed
sys.argv[0] = "streamlit"
cli.main()
