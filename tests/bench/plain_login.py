"""Signing in by plain Playwright, once: what `plain_claims` then works with is the saved login."""

import pyotp
from playwright.async_api import Browser, StorageState

from deploy.demo.values import Login


async def plain_login(browser: Browser, *, url: str, login: Login) -> StorageState:
    """Sign in to the practice portal; return the login, saved."""
    context = await browser.new_context(base_url=f"{url}/")
    page = await context.new_page()
    await page.goto("login")
    await page.get_by_label("User name").fill(login.user)
    await page.get_by_label("Password").fill(login.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Verification code").fill(pyotp.TOTP(login.totp_secret).now())
    await page.get_by_role("button", name="Verify").click()
    await page.get_by_label("Organization").select_option(login.organisation)
    await page.get_by_label("Payer").select_option(index=1)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name="Dashboard").wait_for()
    state = await context.storage_state()
    await context.close()
    return state
