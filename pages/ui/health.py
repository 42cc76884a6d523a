"""What a watchman asks: whether the app can answer, and how the syncs go."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from data import clock, config, record
from data.errors import PlumblineError
from pages.ui import results
from pages.ui.door import VISITOR, base_path
from pages.ui.visitors import STRANGER, Role


def health(request: Request) -> Response:
    """200 when the store can be read, else 503; to who may look when the last sync was, and how it ended."""
    is_known = request.scope.get(VISITOR, STRANGER).role >= Role.VIEWER
    try:
        run = record.latest_run(results.open_store(config.read().store_url))
    except PlumblineError as error:
        reason = {"reason": str(error)} if is_known else {}
        return JSONResponse({"status": "failed"} | reason, status_code=503)
    if not is_known:
        return JSONResponse({"status": "ok"})
    last = None if run is None else (run["finished_at"] or run["started_at"]).isoformat()
    return JSONResponse({"status": "ok", "last_sync": last, "outcome": run and run["outcome"]})


def metrics(request: Request) -> Response:
    """Figures about the syncs for Prometheus, where [monitoring] asks for them."""
    try:
        settings = config.read()
        if not settings.monitoring.prometheus:
            return PlainTextResponse("[monitoring] prometheus is off", status_code=404)
        lines = record.status(results.open_store(settings.store_url))
    except PlumblineError as error:
        return PlainTextResponse(str(error), status_code=503)
    from pages.ui.monitoring import exposition  # its package is only needed here

    return Response(exposition(lines, clock.now()), media_type="text/plain; version=0.0.4; charset=utf-8")


def routes_below(base: str) -> tuple[Route, ...]:
    """The routes, at the root for who asks the process itself, and below the base path for who comes by a proxy."""
    bases = dict.fromkeys(("", f"/{base.strip('/')}" if base.strip("/") else ""))
    pages = (("/health", health), ("/monitoring/metrics", metrics))
    return tuple(Route(f"{base}{path}", page) for base in bases for path, page in pages)


ROUTES = routes_below(base_path())
