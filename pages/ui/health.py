"""What a watchman asks: whether the app can answer, and how the syncs go."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from data import clock, config, record
from data.errors import PlumblineError
from pages.ui import results


def health(request: Request) -> Response:
    """200 when the store can be read, else 503; when the last sync was, and how it ended."""
    try:
        run = record.latest_run(results.open_store(config.read().store_url))
    except PlumblineError as error:
        return JSONResponse({"status": "failed", "reason": str(error)}, status_code=503)
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


ROUTES = (Route("/health", health), Route("/monitoring/metrics", metrics))
