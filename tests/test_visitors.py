"""Who asks, worked out by hand: roles from verified addresses and groups only, peers from the connection only."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest

from data import config
from data.errors import ConfigError
from data.settings import SignIn
from pages.ui.connections import is_allowed
from pages.ui.routes import rule_of
from pages.ui.visitors import OWNER, Asking, Role, by_claims, is_own_origin, who

OIDC = SignIn(
    kind="oidc", viewers=("viewers",), leads=("leads", "lea@acme.example"), admins=("admins", "kate@acme.example")
)
KATE = {"sub": "7", "email": "kate@acme.example", "email_verified": True}
CLAIMS = [  # what the provider says, and the role: nobody unless an address is verified, or a group is named
    ({"name": "admins"}, Role.NOBODY),
    ({"sub": "admins"}, Role.NOBODY),
    ({"email": "admins"}, Role.NOBODY),  # a group's name is no address
    ({"email": "admins", "email_verified": True}, Role.NOBODY),
    (KATE, Role.ADMIN),
    (KATE | {"email": "KATE@Acme.Example"}, Role.ADMIN),
    ({"email": "kate@acme.example"}, Role.NOBODY),  # nothing says that it was verified
    (KATE | {"email_verified": "false"}, Role.NOBODY),  # a word that is not empty is no truth
    (KATE | {"email_verified": "true"}, Role.NOBODY),
    (KATE | {"email_verified": 1}, Role.NOBODY),
    (KATE | {"email": "\u212aate@acme.example"}, Role.NOBODY),  # the sign for kelvin becomes a k in small
    (KATE | {"email": ["kate@acme.example"]}, Role.NOBODY),
    (KATE | {"email": "kate@acme.example.evil.example"}, Role.NOBODY),
    ({"groups": ["kate@acme.example"]}, Role.NOBODY),  # a group is no address
    ({"groups": ["lea@acme.example", "viewers"]}, Role.VIEWER),
    ({"groups": "admins"}, Role.ADMIN),
    ({"groups": ["ADMINS "]}, Role.ADMIN),
    ({"groups": "viewers,admins"}, Role.NOBODY),  # one word, as it stands
    ({"groups": {"admins": True}}, Role.NOBODY),
    ({"groups": [["admins"], {"admins": 1}, None]}, Role.NOBODY),
    ({"groups": ["viewers", "leads"]}, Role.LEAD),
    ({"roles": ["admins"]}, Role.NOBODY),  # another claim than the one that is configured
    (KATE | {"email_verified": False, "groups": ["viewers"]}, Role.VIEWER),
    ({}, Role.NOBODY),
]


@pytest.mark.parametrize(("claims", "role"), CLAIMS, ids=str)
def test_roles_come_from_a_verified_address_or_a_group_and_from_nothing_else(claims, role):
    assert by_claims(claims, OIDC).role is role


def test_a_name_and_a_subject_are_for_display():
    assert by_claims({"name": "Ada", "sub": "1"}, OIDC).name == "Ada"
    assert by_claims({"sub": "1"}, OIDC).name == "1"
    assert by_claims({}, OIDC).name == "somebody"


def test_where_no_viewers_are_named_everybody_who_signs_in_may_look():
    open_to_all = SignIn(kind="oidc", admins=("admins",))
    assert by_claims({"groups": ["others"]}, open_to_all).role is Role.VIEWER
    assert who(Asking("127.0.0.1", ()), open_to_all, None).role is Role.NOBODY


PLAIN = SignIn(kind="proxy", viewers=("viewers",), admins=("admins", "ada@acme.example"))
GROUPS = PLAIN.model_copy(update={"groups_header": "X-Forwarded-Groups"})
AFAR = PLAIN.model_copy(update={"proxies": ("10.0.0.1",)})
USER, OTHERS = ("x-forwarded-email", "ada@acme.example"), ("x-forwarded-email", "eve@acme.example")
PROXIES = [  # the settings, the peer, the headers, the role
    (PLAIN, "127.0.0.1", [USER], Role.ADMIN),
    (PLAIN, "::1", [USER], Role.ADMIN),
    (PLAIN, "::ffff:127.0.0.1", [USER], Role.ADMIN),
    (PLAIN, "127.0.0.1", [USER, ("x-forwarded-for", "10.2.3.4")], Role.ADMIN),  # as most proxies send
    (PLAIN, "127.0.0.1", [OTHERS, ("x-forwarded-groups", "admins")], Role.NOBODY),  # groups were not asked for
    (GROUPS, "127.0.0.1", [OTHERS, ("x-forwarded-groups", "ada@acme.example")], Role.NOBODY),  # a group is no address
    (GROUPS, "127.0.0.1", [OTHERS, ("x-forwarded-groups", "viewers, admins")], Role.ADMIN),
    (PLAIN, "127.0.0.1", [("x-forwarded-email", "admins")], Role.NOBODY),  # a user is no group
    (PLAIN, "127.0.0.1", [USER, OTHERS], Role.NOBODY),  # two users
    (PLAIN, "127.0.0.1", [USER, USER], Role.NOBODY),
    (GROUPS, "127.0.0.1", [USER, ("x-forwarded-groups", "a"), ("x-forwarded-groups", "b")], Role.NOBODY),
    (PLAIN, "127.0.0.1", [], Role.NOBODY),
    (PLAIN, "127.0.0.1", [("x-forwarded-email", " ")], Role.NOBODY),
    (PLAIN, "", [USER], Role.NOBODY),  # a peer that cannot be found
    (PLAIN, "10.0.0.9", [USER], Role.NOBODY),
    (AFAR, "127.0.0.1", [USER, ("x-forwarded-for", "10.0.0.1")], Role.NOBODY),  # only said to come from there
    (AFAR, "10.0.0.1", [USER], Role.ADMIN),
]


@pytest.mark.parametrize(("said", "peer", "headers", "role"), PROXIES)
def test_a_proxy_is_believed_when_it_is_the_peer_and_says_one_thing(said, peer, headers, role):
    assert who(Asking(peer, tuple(headers)), said, None).role is role


HOST = ("host", "localhost:8501")
NEAR = [
    ("127.0.0.1", [HOST]),
    ("::1", [("host", "[::1]:8501")]),
    ("::ffff:127.0.0.1", [("host", "127.0.0.1")]),
    ("127.0.0.1", [("host", "LOCALHOST:9000")]),  # by a tunnel to another port
    ("127.0.0.1", [HOST, ("accept-language", "de"), ("cookie", "a=b"), ("user-agent", "via")]),
]
FAR = [
    ("10.0.0.9", [HOST]),
    ("", [HOST]),
    ("localhost.evil.example", [HOST]),
    ("127.0.0.1", []),
    ("127.0.0.1", [HOST, HOST]),
    ("127.0.0.1", [("host", "")]),
    ("127.0.0.1", [("host", "plumbline.evil.example")]),
    ("127.0.0.1", [("host", "localhost.evil.example")]),
    ("127.0.0.1", [("host", "testserver")]),
    ("127.0.0.1", [("host", "testclient")]),
    ("127.0.0.1", [("host", "localhost:8501:9")]),
    ("127.0.0.1", [("host", "localhost:port")]),
    ("127.0.0.1", [("host", "evil@localhost")]),
    ("127.0.0.1", [("host", "localhost/x")]),
    ("127.0.0.1", [("host", "127.0.0.1.")]),
    ("127.0.0.1", [("host", "[::1")]),
    ("127.0.0.1", [("host", "2130706433")]),
    *(
        ("127.0.0.1", [HOST, (header, "10.0.0.9")])
        for header in (
            "via",
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-server",
            "x-real-ip",
            "cf-connecting-ip",
            "cf-ray",
            "true-client-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "fastly-client-ip",
            "x-original-host",
            "x-envoy-external-address",
            "cdn-loop",
        )
    ),
]


@pytest.mark.parametrize(("peer", "headers"), NEAR)
def test_without_a_sign_in_the_machines_own_user_is_the_owner(peer, headers):
    assert who(Asking(peer, tuple(headers)), SignIn(), None).role is Role.ADMIN


@pytest.mark.parametrize(("peer", "headers"), FAR)
def test_without_a_sign_in_whoever_may_come_from_elsewhere_is_nobody(peer, headers):
    found = who(Asking(peer, tuple(headers)), SignIn(), None)
    assert found.role is Role.NOBODY
    assert "open to its own machine only" in found.refused


def test_without_a_sign_in_an_older_version_than_browsers_speak_was_handed_on():
    assert who(Asking("127.0.0.1", (HOST,), "1.0"), SignIn(), None).role is Role.NOBODY


ORIGINS = [
    ([], True),  # no page of a browser
    ([("origin", "http://localhost:8501")], True),
    ([("origin", "https://localhost:8501")], True),  # TLS ends before this process
    ([("origin", "HTTP://LOCALHOST:8501")], True),
    ([("origin", "https://plumb.acme.example")], True),  # named by the operator
    ([("origin", "http://plumb.acme.example")], False),
    ([("origin", "http://localhost:9999")], False),  # another program of this machine
    ([("origin", "http://localhost")], False),
    ([("origin", "http://127.0.0.1:8501")], False),
    ([("origin", "null")], False),
    ([("origin", "")], False),
    ([("origin", "file://localhost:8501")], False),
    ([("origin", "http://localhost:8501.evil.example")], False),
    ([("origin", "http://localhost:8501"), ("origin", "http://evil.example")], False),
]


@pytest.mark.parametrize(("origin", "is_own"), ORIGINS)
def test_only_pages_of_this_app_ask_with_an_origin(origin, is_own):
    assert is_own_origin(Asking("127.0.0.1", (HOST, *origin)), ["https://plumb.acme.example/"]) is is_own


PATHS = [
    ("/media/x.md", "", Role.VIEWER),
    ("/plumb/media/x.md", "plumb", Role.VIEWER),
    ("/plumb/media/x.md", "/plumb/", Role.VIEWER),
    ("/media/x.md", "plumb", None),  # beside the base path there is nothing
    ("/plumbline/media/x.md", "plumb", None),
    ("/_stcore/upload_file/a/b", "", None),
    ("/plumb/_stcore/metrics", "plumb", None),
    ("/_stcore/something-new", "", None),
    ("/_stcore/stream", "", Role.VIEWER),
    ("/_stcore/health/", "", None),
    ("/health", "plumb", Role.NOBODY),  # a watchman asks the process itself
    ("/health/x", "", Role.VIEWER),
    ("/healthy", "", Role.VIEWER),
    ("/delivery", "", Role.VIEWER),
    ("/", "", Role.VIEWER),
    ("/plumb", "plumb", Role.VIEWER),
    ("//media/x.md", "", Role.VIEWER),
    ("", "", Role.VIEWER),
]


@pytest.mark.parametrize(("path", "base", "least"), PATHS)
def test_every_path_has_a_rule_behind_the_base_path_too(path, base, least):
    assert rule_of(path, base).least is least


def operation(kind):
    message = BackMsg()
    getattr(message.backend_operation_request, kind).SetInParent()
    return message


NEEDED = [
    BackMsg(rerun_script=ClientState()),
    BackMsg(stop_script=True),
    BackMsg(app_heartbeat=True),
    operation("dataframe_chunk"),
]
UPKEEP = [
    operation("deferred_file"),  # of a button that was not drawn
    operation("install_skills"),  # would write files into the folder of the app
    operation("dismiss_skills_nudge"),
    BackMsg(backend_operation_request=BackendOperationRequest(request_id="1")),
    BackMsg(file_urls_request=FileURLsRequest()),
    *(
        BackMsg(**{kind: True})
        for kind in ("clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime")
    ),
]


@pytest.mark.parametrize("message", NEEDED, ids=str)
def test_a_websocket_may_ask_for_what_pages_need(message):
    assert is_allowed(message.SerializeToString(), OWNER)


@pytest.mark.parametrize("frame", [*(one.SerializeToString() for one in UPKEEP), b"", b"\xff\xff\xff", None], ids=str)
def test_a_websocket_may_not_ask_for_the_frameworks_own_upkeep(frame):
    assert not is_allowed(frame, OWNER)


SIGN_INS = [  # what the file says, and the kind of sign-in; None: nobody can tell
    ('[sign_in]\nkind = "oidc"\n', "oidc"),
    ('[sign_in]\nkind = "oidc"\n[calendar]\ntimezone = "Mars"\n', "oidc"),  # wrong elsewhere
    ("[calendar]\ntimezone = \n", "none"),  # broken, but nobody asked for a sign-in
    ('# [sign_in]\n# kind = "oidc"\n[calendar\n', "none"),
    ('[sign_in]\nkind = "oidc"\n[calendar\n', None),
    ('sign_in = {kind = "oidc"\n', None),
    ('[sign_in]\nkind = "open"\n', None),
    ('[sign_in]\nkind = "oidc"\nviewer = ["x"]\n', None),
    ("", "none"),
    (b"\xff[sign_in]\n", None),
]


@pytest.mark.parametrize(("content", "kind"), SIGN_INS, ids=str)
def test_a_broken_file_that_may_ask_for_a_sign_in_lets_nobody_in(tmp_path, monkeypatch, content, kind):
    file = tmp_path / "config.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    if kind is None:
        with pytest.raises(ConfigError):
            config.read_sign_in()
    else:
        assert config.read_sign_in().kind == kind
