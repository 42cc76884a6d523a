"""What every answer carries, and what the door answers itself: who may frame, keep and read what the app sends."""

import html
from collections.abc import Iterable

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from pages.ui.visitors import Visitor

Headers = list[tuple[bytes, bytes]]
PAGE = (  # the framework's page has a script and styles of its own in it, and draws charts with the GPU
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; media-src 'self' blob:;"
    " connect-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
FILE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
CLOSED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
ALWAYS = {
    b"x-frame-options": b"DENY",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
SIGNED_IN = (f"{USER_COOKIE_NAME}=", f"{USER_COOKIE_NAME}_", f"{TOKENS_COOKIE_NAME}=", f"{TOKENS_COOKIE_NAME}_")
STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 30rem; padding: 0 1rem; }
button { font: inherit; padding: .5rem 1.25rem; }"""


def guarded(headers: Iterable[tuple[bytes, bytes]], policy: str, over_tls: bool, hours: int) -> Headers:
    """The headers of an answer with what every answer carries, and its cookies for as short and safe as can be."""
    mine = {**ALWAYS, b"content-security-policy": policy.encode()}
    if policy == FILE:
        mine[b"cache-control"] = b"no-store"
    others = [(name, value) for name, value in headers if name.lower() not in mine]
    sent = [(name, _cookie(value, over_tls, hours) if name == b"set-cookie" else value) for name, value in others]
    return [*sent, *mine.items()]


def _cookie(value: bytes, over_tls: bool, hours: int) -> bytes:
    """A cookie that is sent over TLS only, where the app is, and held no longer than its sign-in."""
    first, *rest = [part.strip() for part in value.decode("latin-1").split(";")]
    names = {part.partition("=")[0].lower() for part in rest}
    if first.startswith(SIGNED_IN):
        rest = [_shorter(part, hours) for part in rest]
    return "; ".join([first, *rest, *(["Secure"] if over_tls and "secure" not in names else [])]).encode("latin-1")


def _shorter(part: str, hours: int) -> str:
    name, _, age = part.partition("=")
    return f"{name}={min(int(age), hours * 3600)}" if name.lower() == "max-age" and age.isdigit() else part


def refusal(visitor: Visitor, kind: str, is_page: bool, base: str) -> Response:
    """Why somebody is not let in: a page with the way to sign in where there is one, else a line."""
    if kind == "oidc" and is_page:
        return HTMLResponse(_sign_in(visitor, base.strip("/")), status_code=403)
    said = visitor.refused or (f"{visitor.name} may not have this" if visitor.name else "sign in first")
    return PlainTextResponse(said, status_code=403)


def _sign_in(visitor: Visitor, base: str) -> str:
    root = f"/{base}/" if base else "/"
    if visitor.name:
        who = html.escape(visitor.name)
        said = (
            f"{who} is signed in but may not look: neither their address nor a group of theirs is named in [sign_in]."
        )
        way, label = "auth/logout", "Sign in as somebody else"
    else:
        said, way, label = "These figures are for people of the organisation.", "auth/login", "Sign in"
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Plumbline</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main><h1>Plumbline</h1>
<p>{said}</p><form action="{html.escape(root + way)}"><button>{label}</button></form></main></body></html>"""
