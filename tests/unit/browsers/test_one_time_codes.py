import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from deskhand.browsers.login import LoginKeeper, SavedLogin
from deskhand.domain.identifiers import AccountName
from deskhand.domain.login import Login
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, VaultError
from tests.contracts.browsers.desk import DictVault, MemoryLogins

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ACCOUNT = AccountName("payer_portal/main")
LOGIN = Login(
    url="https://portal.example",
    user=Sealed("ann"),
    password=Sealed("practice"),
    totp=Sealed(SECRET),
)
START = datetime(2026, 1, 2, 3, 4, 10, tzinfo=UTC)


class Wound:
    """A clock that only pauses put forward."""

    def __init__(self) -> None:
        self.at = START
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)


def keeper(clock: Wound, logins: MemoryLogins | None = None) -> LoginKeeper:
    return LoginKeeper(
        store=logins or MemoryLogins(), vault=DictVault({}), clock=clock, pause=clock.pause
    )


def test_the_first_code_is_the_present_one_and_needs_no_waiting() -> None:
    clock = Wound()

    code = asyncio.run(keeper(clock).one_time_code(ACCOUNT, LOGIN))

    assert code.reveal() == pyotp.TOTP(SECRET).at(START)
    assert clock.pauses == []


def test_a_short_secret_gives_the_codes_of_the_standard() -> None:
    # RFC 6238's own secret and time, cut to the six digits that portals ask for.
    rfc = replace(LOGIN, totp=Sealed("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"))
    short = replace(LOGIN, totp=Sealed("jbswy3dpehpk3pxp"))
    clock = Wound()
    clock.at = datetime.fromtimestamp(1111111109, UTC)

    codes = [
        asyncio.run(keeper(clock).one_time_code(ACCOUNT, login)).reveal() for login in (rfc, short)
    ]

    assert codes[0] == "081804"
    assert len(codes[1]) == 6


def test_a_secret_that_is_none_is_told_without_telling_it() -> None:
    wrong = replace(LOGIN, totp=Sealed("not base 32!"))

    with pytest.raises(VaultError) as refusal:
        asyncio.run(keeper(Wound()).one_time_code(ACCOUNT, wrong))

    assert "base32" in str(refusal.value)
    assert "not base 32!" not in str(refusal.value)


def test_a_code_is_never_used_twice() -> None:
    clock = Wound()
    kept = keeper(clock)

    async def twice() -> list[str]:
        return [(await kept.one_time_code(ACCOUNT, LOGIN)).reveal() for _ in range(2)]

    first, second = asyncio.run(twice())

    assert first != second
    assert clock.pauses == [20.0]


def test_codes_of_other_accounts_are_not_waited_for() -> None:
    clock = Wound()
    kept = keeper(clock)

    async def of_two() -> None:
        await kept.one_time_code(ACCOUNT, LOGIN)
        await kept.one_time_code(AccountName("payer_portal/other"), LOGIN)

    asyncio.run(of_two())

    assert clock.pauses == []


def test_a_code_that_another_worker_used_is_not_used_again() -> None:
    clock, logins = Wound(), MemoryLogins()

    async def log_in_at(worker: LoginKeeper, used: SavedLogin | None) -> SavedLogin:
        async def log_in() -> dict[str, list[object]]:
            await worker.one_time_code(ACCOUNT, LOGIN)
            return {"cookies": [len(clock.pauses)]}

        made, own = await worker.renew(ACCOUNT, used=used, log_in=log_in)  # type: ignore[arg-type]
        assert own
        return made

    async def in_two_workers() -> None:
        first = await log_in_at(keeper(clock, logins), None)
        await log_in_at(keeper(clock, logins), first)

    asyncio.run(in_two_workers())

    assert clock.pauses == [20.0]
    assert logins.saved == 2


def test_a_newer_login_of_another_session_is_taken_over() -> None:
    clock, logins = Wound(), MemoryLogins()
    kept = keeper(clock, logins)

    async def never() -> dict[str, list[object]]:
        raise AssertionError("there was a newer login")

    async def take_over() -> tuple[SavedLogin, bool]:
        newer = SavedLogin(state={"cookies": []})
        await logins.save(ACCOUNT, newer.to_bytes())
        used = SavedLogin(state={"origins": []})
        return await kept.renew(ACCOUNT, used=used, log_in=never)  # type: ignore[arg-type]

    taken, own = asyncio.run(take_over())

    assert not own
    assert taken.state == {"cookies": []}


def test_an_account_without_a_totp_secret_has_no_codes() -> None:
    bare = Login(url=LOGIN.url, user=LOGIN.user, password=LOGIN.password)

    with pytest.raises(BotError, match="totp"):
        asyncio.run(keeper(Wound()).one_time_code(ACCOUNT, bare))
