"""A small OpenID Connect provider: signs anybody in whom a test names, as a company's own would."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "plumbline-test", "a-secret-of-the-client"


class Provider:
    """Discovery, authorisation by code, tokens signed with a key of its own. `claims`: who signs in next."""

    def __init__(self):
        self.claims = {}
        self.codes = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, urlsplit(self.path))

            def do_POST(self):
                provider.answer(self, urlsplit(self.path))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, address):
        page = getattr(self, address.path.strip("/").replace(".well-known/", "").replace("-", "_"), None)
        if page is None:
            request.send_error(404)
        else:
            page(request, {name: values[0] for name, values in parse_qs(address.query).items()})

    def openid_configuration(self, request, _):
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        self.tell(
            request,
            {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "id_token_signing_alg_values_supported": ["RS256"]}
            | {f"{name}_endpoint": f"{self.url}/{place}" for name, place in places.items()},
        )

    def keys(self, request, _):
        self.tell(request, {"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request, asked):
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked.get("nonce")
        request.send_response(302)
        request.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        request.end_headers()

    def token(self, request, _):
        form = parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        nonce = self.codes.pop(form["code"][0])
        now = int(time.time())
        claims = self.claims | {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce}
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        self.tell(request, {"access_token": "an-access-token", "token_type": "Bearer", "id_token": token})

    def userinfo(self, request, _):
        self.tell(request, self.claims)

    @staticmethod
    def tell(request, what):
        body = json.dumps(what).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
