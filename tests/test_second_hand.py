"""What is passed on at second hand: a secret that an answer wrote otherwise, a download or a name that is another's."""

import html
import json
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest.mock import MagicMock
from urllib.parse import quote

import pytest
from access_server import OIDC, Page, asked, free_port, secrets_of, served, signed_in
from joserfc.jwk import RSAKey
from sign_in_provider import Provider
from streamlit.proto.BackMsg_pb2 import BackMsg

from connectors.base import ConnectorError
from connectors.git.program import in_one_line
from connectors.github import client as github
from connectors.github.limits import Reply
from connectors.jira import client as jira
from data.redaction import redacted, remember
from data.settings import GitHub, SignIn
from pages.ui.visitors import Role, by_claims

TOKEN = "ATATT3xPlanted/1111+jira&<word>\\=2F3A"
SHAPES = {
    "as it stands": TOKEN,
    "in an address": quote(TOKEN),
    "in a query": quote(TOKEN, safe=""),
    "on a page": html.escape(TOKEN),
    "in JSON": json.dumps(TOKEN),
    "in a fault of Python": repr(TOKEN),
    "encoded for a header": b64encode(TOKEN.encode()).decode(),
    "over two lines": f"{TOKEN[:12]}\r\n  {TOKEN[12:]}",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_secret_is_hidden_however_an_answer_writes_it(shape):
    remember(TOKEN)
    assert redacted(f"you sent {shape} to us").replace('"', "").replace("'", "") == "you sent *** to us"


@pytest.mark.parametrize("before", range(150, 320, 10))
def test_a_secret_at_the_place_where_a_long_answer_is_cut_is_hidden_whole(before):
    remember(TOKEN)
    said = "x" * before + TOKEN
    answer = SimpleNamespace(content=json.dumps({"errorMessages": [said]}).encode(), reason="Bad Request")
    told = [
        github._message(Reply(400, {}, "", {"message": said})),
        jira._message(answer),
        in_one_line(f"fatal: {said}".encode()),
    ]
    for one in told:
        assert "ATATT" not in one


class Installation(BaseHTTPRequestHandler):
    """Gives an App a token for an hour, and repeats it in a refusal of whatever else is asked."""

    given = "ghs_planted00000000000000000000installation"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_asked = self.path.endswith("/access_tokens")
        said = {"token": self.given, "expires_at": "2099-01-01T00:00:00Z", "permissions": {}}
        heard = self.headers.get("Authorization", "").split(" ")[-1]
        body = json.dumps(said if is_asked else {"message": f"you sent {heard}"}).encode()
        self.send_response(201 if is_asked else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


def test_the_token_that_an_app_is_given_for_an_hour_is_a_secret_too(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Installation)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("APP_KEY", RSAKey.generate_key(2048).as_pem(private=True).decode())
    settings = GitHub(
        base_url=f"http://127.0.0.1:{server.server_port}",
        repositories=("acme/app",),
        app_id=1,
        installation_id=2,
        private_key_env="APP_KEY",
    )
    with pytest.raises(ConnectorError) as refused:
        github.Client(settings, MagicMock()).get("/repos/acme/app", {})
    server.shutdown()
    server.server_close()
    assert "you sent ***" in redacted(str(refused.value))


# Downloads and names -------------------------------------------------------------------------------------


def pressed(page, session, file):
    """What a page is answered that asks for a download by the name that its button has; None when nothing comes."""
    message = BackMsg()
    message.backend_operation_request.request_id = "1"
    message.backend_operation_request.session_id = session
    message.backend_operation_request.deferred_file.file_id = file
    page.socket.send(message.SerializeToString())
    message = BackMsg()
    message.rerun_script.page_name = page.page
    answers = page.ask(message)
    found = [
        one.backend_operation_response for one in answers if one.WhichOneof("type") == "backend_operation_response"
    ]
    return found[0].deferred_file.url if found else None


def drawn(page):
    """The name of a page's session, and the names of what its buttons write."""
    answers = page.draw()
    [session] = [one.new_session.initialize.session_id for one in answers if one.WhichOneof("type") == "new_session"]
    buttons = [one.delta.new_element.download_button for one in answers if one.WhichOneof("type") == "delta"]
    return session, [one.deferred_file_id for one in buttons if one.id.endswith("export-md")]


def test_a_download_is_for_whom_its_button_was_drawn_whatever_they_know_of_it(tmp_path):
    provider, port = Provider(), free_port()
    with served(tmp_path, OIDC, *secrets_of(tmp_path, provider, port), port=port) as url:
        lea = signed_in(url, provider, sub="1", email="lea@acme.example", groups=["leads"])
        vic = signed_in(url, provider, sub="2", email="vic@acme.example", groups=["viewers"])
        eve = signed_in(
            url, provider, sub="3", email="lea@acme.example", email_verified=False, groups=["leads"]
        )  # only says that she is Lea
        own, other = Page(url, "monthly_report", Cookie=lea), Page(url, "monthly_report", Cookie=vic)
        (session, [file]), (another, none) = drawn(own), drawn(other)
        assert none == []
        assert pressed(other, another, file) is None  # by the name of Lea's button
        address = pressed(own, session, file)
        assert asked(f"{url}{address}", Cookie=lea)[0] == 200
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = "figure", f"indicator={address}"
        assert any(address.encode() in one.SerializeToString() for one in other.ask(message)), "the page repeats it"
        for cookie in (vic, eve):
            assert asked(f"{url}{address}", Cookie=cookie)[0] == 403
        own.close()
        other.close()
    provider.stop()


def test_an_address_that_is_not_verified_is_shown_as_such_and_is_nobody_elses():
    said = SignIn(kind="oidc", viewers=("viewers",), leads=("leads",))
    lea = {
        "iss": "https://sign.in",
        "sub": "1",
        "email": "lea@acme.example",
        "email_verified": True,
        "groups": ["leads"],
    }
    eve, ida = (
        lea | {"sub": "2", "email_verified": False},
        lea | {"sub": "3", "email": None, "name": "lea@acme.example"},
    )
    assert by_claims(lea, said).name == "lea@acme.example"
    assert {by_claims(one, said).name for one in (eve, ida)} == {"lea@acme.example (not verified)"}
    assert by_claims(eve, said).role is Role.LEAD
    assert len({by_claims(one, said) for one in (lea, eve, ida, lea | {"sub": "4"}, dict(lea))}) == 4
