"""A practice portal in a process of its own, and a browser to look at it with."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.portal.clerk import Clerk
from tests.acceptance.portal.sender import Sender
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import Claim, Line, World, example_world

Starting = Callable[..., PortalProcess]
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
_PATIENCE = timedelta(seconds=5)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for the plug-in's own fixture, which warns about its own form on this pytest."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    named = os.environ.get("DESKHAND_BROWSER")
    found = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    arguments = dict(browser_type_launch_args)
    if found:
        arguments["executable_path"] = found
    if os.geteuid() == 0:
        arguments["args"] = [*arguments.get("args", []), "--no-sandbox"]
    return arguments


@pytest.fixture(scope="session")
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="session")
def world(today: date) -> World:
    return example_world(today)


@pytest.fixture
def start(tmp_path: Path, world: World, today: date, request: pytest.FixtureRequest) -> Starting:
    """Start a portal that ends with the test."""

    def start_portal(faults: str = "none", *options: str) -> PortalProcess:
        portal = PortalProcess.start(
            data_dir=tmp_path / "portal",
            world=world,
            faults=faults,
            seed=7,
            today=today,
            options=options,
        )
        request.addfinalizer(portal.stop)
        return portal

    return start_portal


@pytest.fixture(scope="module")
def calm(
    tmp_path_factory: pytest.TempPathFactory, world: World, today: date
) -> Iterator[PortalProcess]:
    """A portal without faults that a module's tests share."""
    data_dir = tmp_path_factory.mktemp("portal")
    with PortalProcess.start(data_dir=data_dir, world=world, today=today) as portal:
        yield portal


@pytest.fixture
def at_desk(page: Page, world: World) -> Callable[[PortalProcess], Clerk]:
    """Seat a clerk before a portal, signed in."""

    def seat(portal: PortalProcess) -> Clerk:
        page.set_default_timeout(_PATIENCE.total_seconds() * 1000)
        clerk = Clerk(page, portal.url, world.logins[0])
        clerk.sign_in()
        return clerk

    return seat


@pytest.fixture
def sending(world: World, request: pytest.FixtureRequest) -> Callable[..., Sender]:
    """Give a client without a browser, signed in."""

    def connect(portal: PortalProcess, *, user: int = 0, payer: str = "60054") -> Sender:
        sender = Sender(portal.url, world.logins[user])
        request.addfinalizer(sender.close)
        sender.sign_in(payer=payer)
        return sender

    return connect


@pytest.fixture
def a_claim(world: World, today: date) -> Callable[..., Claim]:
    """Build a claim that the payer takes, but for what the test changes."""

    def build(claim_number: str = "CLM-0000200", **changes: Any) -> Claim:
        # The charge follows the number: no two claims of a test look like one service.
        charge = Decimal(int(claim_number[-3:])) + Decimal("0.50")
        fields: dict[str, Any] = {
            "claim_number": claim_number,
            "payer_id": "60054",
            "member_id": "W100000001",
            "patient_name": "Maria Alvarez",
            "patient_dob": date(1980, 3, 14),
            "provider_npi": world.organisations[0].npis[0],
            "place_of_service": "11",
            "diagnosis_codes": ["E11.9"],
            "total_charge": charge,
            "lines": [
                Line(service_date=today - timedelta(days=7), code="G0463", units=1, charge=charge)
            ],
        }
        return Claim(**(fields | changes))

    return build
