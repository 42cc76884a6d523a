"""What somebody may hold open: a request that does not come, an answer that is not taken, more than there is room for."""

import asyncio
import socket
import time

import pytest
from access_server import SOURCE, asked, free_port, served
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from uvicorn import Config, Server

from pages.ui import connections, peers
from pages.ui.connections import Connection
from pages.ui.visitors import OWNER, Role, Visitor

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def quick(monkeypatch):
    """A server of the same kind, with shorter times: a function that runs a talk with it."""
    monkeypatch.setattr(peers, "A_REQUEST", 0.4)
    monkeypatch.setattr(peers, "AN_ANSWER", 0.4)
    peers.hold_to_limits()

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        send = peers.in_time(receive, send)
        body = peers.peer_of(receive).encode() if scope["path"] == "/" else b"x" * 20_000_000
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        for start in range(0, len(body), 65536):
            await send({"type": "http.response.body", "body": body[start : start + 65536], "more_body": True})
        await send({"type": "http.response.body"})

    def talk(what):
        async def both():
            port = free_port()
            server = Server(Config(app, port=port, http="h11", lifespan="off", log_level="critical"))
            running = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.01)
            try:
                return await asyncio.wait_for(what(port, server.server_state.connections), 30)
            finally:
                server.should_exit = server.force_exit = True
                await running

        return asyncio.run(both())

    return talk


async def ends(reader):
    """What is read until the other end closes the connection."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""


WAITING = {
    "nothing": [],
    "the beginning of a line": [b"GET / HT"],
    "no end of the headers": [REQUEST],
    "a request, and the beginning of another": [REQUEST + b"\r\n", REQUEST],
    "a body that does not come": [REQUEST.replace(b"GET", b"POST") + b"Content-Length: 1000000\r\n\r\n"],
}


@pytest.mark.parametrize("sent", WAITING.values(), ids=WAITING)
def test_a_request_that_does_not_come_ends_its_connection(quick, sent):
    async def talk(port, connections):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in sent:
            writer.write(piece)
            await asyncio.sleep(0.05)
        await ends(reader)
        writer.close()
        return len(connections)

    assert quick(talk) == 0


def test_a_request_a_letter_at_a_time_ends_its_connection(quick):
    async def talk(port, connections):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        while time.monotonic() - began < 10 and not reader.at_eof():
            try:
                writer.write(b"GET /aaaaaaaaaaaa"[:1])
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(0.05)
            if not connections and time.monotonic() - began > 0.2:
                break
        return len(connections), time.monotonic() - began < 10

    assert quick(talk) == (0, True)


def test_an_answer_that_is_not_taken_ends_its_connection(quick):
    async def talk(port, connections):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", port))
        line.sendall(REQUEST.replace(b"/ ", b"/large ", 1) + b"\r\n")
        for _ in range(400):
            await asyncio.sleep(0.05)
            if not connections:
                break
        line.close()
        return len(connections)

    assert quick(talk) == 0


def test_a_request_that_comes_is_answered_and_its_peer_is_the_connections_own(quick):
    async def talk(port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST + b"X-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n")
        return (await ends(reader)).rpartition(b"\r\n\r\n")[2]

    assert quick(talk) == b"127.0.0.1"


def test_the_peer_of_what_has_no_connection_is_unknown():
    assert peers.peer_of(None) == ""
    assert peers.peer_of(asyncio.sleep) == ""


def test_there_is_room_for_files_beside_connections(monkeypatch):
    import resource

    for limit, most in ((1024, 896), (256, 128), (100, 64), (1_000_000, 4_000), (-1, 4_000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert peers.most() == most, limit


def test_a_visitor_has_so_many_pages_open_and_no_more(monkeypatch):
    ada, bob = Visitor("ada", Role.VIEWER), Visitor("bob", Role.VIEWER)
    monkeypatch.setattr(connections, "OPEN", {})
    monkeypatch.setattr(connections, "MOST_OF_ONE", 3)
    for _ in range(3):
        assert not connections.is_full(ada)
        one = Connection(ada, "", float("inf"))
        connections.OPEN[one.token] = one
    assert connections.is_full(ada)
    assert not connections.is_full(bob)
    monkeypatch.setattr(connections, "MOST", 3)
    assert connections.is_full(bob)


def button(url):
    message = ForwardMsg()
    message.delta.new_element.download_button.url = url
    return message.SerializeToString()


def test_a_download_is_for_whom_it_was_offered_and_the_oldest_are_forgotten(monkeypatch):
    ada, bob = Visitor("ada", Role.LEAD), Visitor("bob", Role.LEAD)
    connections.FILES.clear()
    connections.remember_files(button("/media/0a1b.csv"), ada)
    connections.remember_files(button("/plumb/media/2c.md"), ada)
    connections.remember_files(b"$$ID-\xff", ada)  # nothing that a page is sent
    assert connections.may_have(ada, "0a1b.csv")
    assert connections.may_have(ada, "2c.md")
    assert not connections.may_have(bob, "2c.md")
    assert not connections.may_have(Visitor("ada", Role.VIEWER), "2c.md")  # the same name with a smaller role
    assert not connections.may_have(ada, "other.md")
    connections.remember_files(button("/media/2c.md"), bob)  # the same content was made for both
    assert connections.may_have(bob, "2c.md")
    monkeypatch.setattr(connections, "MOST_FILES", 2)
    connections.remember_files(button("/media/3.md"), OWNER)
    assert not connections.may_have(ada, "0a1b.csv")
    assert connections.may_have(ada, "2c.md")
    connections.FILES.clear()


def test_nothing_can_be_uploaded(tmp_path):
    with served(tmp_path, SOURCE) as url:
        for method in ("PUT", "POST", "DELETE", "OPTIONS"):
            assert asked(f"{url}/_stcore/upload_file/session/file", method)[0] == 403
            assert asked(f"{url}/delivery", method)[0] == 403
