"""How much of an answer is read: a server, or whoever answers in its place, can say a thousand times what it sends."""

from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter

LARGEST = 64 * 2**20  # bytes, unpacked: a page of any source has a few million at the most


class TooLargeError(requests.exceptions.RequestException):
    """An answer that is not read to its end."""


def hold_to_limits() -> None:
    """Let no answer to `requests`, on which the libraries of GitHub and Jira stand, be larger than is read."""
    if getattr(HTTPAdapter.build_response, "is_limited", False):
        return
    build = HTTPAdapter.build_response

    def build_response(self: HTTPAdapter, req: Any, resp: Any) -> requests.Response:
        resp.stream = _limited(resp, resp.stream)
        return build(self, req, resp)

    build_response.is_limited = True  # type: ignore[attr-defined]
    HTTPAdapter.build_response = build_response  # type: ignore[method-assign]


def _limited(answer: Any, stream: Any) -> Any:
    """The stream of an answer, ended where it is too large; its connection is of no more use then."""

    def read(*arguments: Any, **named: Any) -> Iterator[bytes]:
        size = 0
        for part in stream(*arguments, **named):
            size += len(part)
            if size > LARGEST:
                answer.close()
                raise TooLargeError(f"an answer of more than {LARGEST / 2**20:.0f} MiB is not read")
            yield part

    return read
