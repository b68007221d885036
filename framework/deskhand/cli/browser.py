"""`deskhand browser`: the browser that bots use."""

import click


@click.group()
def browser() -> None:
    """Find or install the browser that bots use."""


@browser.command()
@click.option("--headed", is_flag=True, help="One with a window.")
def find(headed: bool) -> None:
    """Print which browser would be used."""
    from deskhand.browsers.provision import (  # noqa: PLC0415 - loads Playwright
        find_browser,
        is_sandboxed,
    )

    found = find_browser(headed=headed)
    sandbox = "in its sandbox" if is_sandboxed() else "without its sandbox"
    click.echo(f"{found.path}  ({found.source.value}, {sandbox})")


@browser.command()
@click.option("--headed", is_flag=True, help="One with a window.")
def install(headed: bool) -> None:
    """Install a browser if there is none."""
    from deskhand.browsers.provision import provision_browser  # noqa: PLC0415 - loads Playwright

    found = provision_browser(headed=headed)
    click.echo(f"{found.path}  ({found.source.value})")
