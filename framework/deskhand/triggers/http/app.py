"""The web application: its routes, and how every refusal is answered."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deskhand.errors import BrokenBodyError, StoreError, VaultError
from deskhand.triggers.http.door import Door
from deskhand.triggers.http.refusal import HttpRefusal

_AGAIN_AFTER = {"retry-after": "5"}


def web_app(door: Door) -> FastAPI:
    """Return the application: signed requests in, and whether it lives and can work."""

    async def readyz() -> Response:
        """`GET /readyz`: whether a row that comes now would be performed."""
        health = await door.inbox.health()
        told = {
            "ready": health.ready,
            "problems": [*health.problems],
            "warnings": [*health.warnings],
            "notes": [*health.notes],
        }
        status = HTTPStatus.OK if health.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse(told, status_code=status)

    async def away(_: Request, error: Exception) -> Response:
        # What went wrong is for operators, not for senders.
        door.observer.tell("store_troubled", problem=str(error))
        advice = "send the same request again in a while; nothing of it was taken"
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "not now", advice, _AGAIN_AFTER)

    async def failed(_: Request, error: Exception) -> Response:
        # By its class only: the words of a foreign error may quote what was sent.
        door.observer.tell("request_failed", error=type(error).__name__)
        advice = "send the same request again; it is taken once"
        return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "this failed here", advice)

    app = FastAPI(openapi_url=None)
    app.add_api_route("/hooks/{client}/{name}", door.rows, methods=["POST"])
    app.add_api_route("/events", door.event, methods=["POST"])
    app.add_api_route("/healthz", _healthz, methods=["GET"])
    app.add_api_route("/readyz", readyz, methods=["GET"])
    app.add_exception_handler(HttpRefusal, _refused)
    app.add_exception_handler(BrokenBodyError, _broken)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(StoreError, away)
    app.add_exception_handler(VaultError, away)
    app.add_exception_handler(Exception, failed)
    return app


async def _healthz() -> Response:
    """`GET /healthz`: the process answers."""
    return JSONResponse({"alive": True})


async def _refused(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HttpRefusal)  # noqa: S101 - what this handler is for
    return _answer(refusal.status, refusal.problem, refusal.advice, refusal.headers)


async def _broken(_: Request, error: Exception) -> Response:
    return _answer(HTTPStatus.BAD_REQUEST, str(error), "correct it, then send it again")


async def _unknown(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what this handler is for
    status = HTTPStatus(error.status_code)
    advice = "POST to /hooks/<client>/<name> or /events; GET /healthz or /readyz"
    return _answer(status, status.phrase.lower(), advice, error.headers)


def _answer(
    status: HTTPStatus, problem: str, advice: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = {"problem": problem, "next": advice}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))
