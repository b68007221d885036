"""Asking a host whether it can work, as a load balancer or a container's keeper does."""

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from deskhand.triggers.http.address import Address

PATH = "/readyz"
_LONGEST_ANSWER = 65_536
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what it is asked instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether a host is ready, and what keeps it from that; what else somebody should know."""

    ready: bool
    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()


def ask_health(address: Address, *, timeout: timedelta) -> Health:
    """Ask the host that listens at an address, from the machine that it runs on.

    `timeout` bounds the connection and each wait for the answer. Whatever goes wrong is an answer,
    too: not ready.
    """
    host = _ANYWHERE.get(address.host, address.host)
    scheme = "http" if address.certificate is None else "https"
    named = f"[{host}]" if ":" in host else host
    asked = f"{scheme}://{named}:{address.port}{PATH}"
    try:
        status, body = _answer(host, address, timeout=timeout)
    except (OSError, HTTPException) as error:
        return _not(f"nothing answers at {asked}: {_reason(error)}")
    told = _told(body)
    problems = _texts(told, "problems")
    ready = status == HTTPStatus.OK and problems == []
    if ready or (status == HTTPStatus.SERVICE_UNAVAILABLE and problems):
        return Health(
            ready=ready,
            problems=problems or (),
            warnings=_texts(told, "warnings") or (),
            notes=_texts(told, "notes") or (),
        )
    return _not(f"what answers at {asked} is no deskhand: status {status}")


def _answer(host: str, address: Address, *, timeout: timedelta) -> tuple[int, bytes]:
    seconds = timeout.total_seconds()
    if address.certificate is None:
        connection = HTTPConnection(host, address.port, timeout=seconds)
    else:
        connection = HTTPSConnection(
            host, address.port, timeout=seconds, context=_only_the_own(address)
        )
    try:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        return answer.status, answer.read(_LONGEST_ANSWER)
    finally:
        connection.close()


def _only_the_own(address: Address) -> ssl.SSLContext:
    """Trust the host's own certificate and no other one; its name is not that of the loopback."""
    context = ssl.create_default_context(cafile=address.certificate)
    context.check_hostname = False
    # The file begins with the host's certificate, which need not be its own issuer.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _told(body: bytes) -> Mapping[str, object]:
    """Return what a host told; nothing when this is not how a host answers."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _texts(told: Mapping[str, object], key: str) -> list[str] | None:
    texts = told.get(key)
    return [str(text) for text in texts] if isinstance(texts, list) else None


def _reason(error: OSError | HTTPException) -> str:
    told = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return (told or type(error).__name__).lower()


def _not(problem: str) -> Health:
    return Health(ready=False, problems=(problem,))
