"""What runs only in the long campaign: `./run test -m campaign`."""

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's matter. The usual run takes the same examples each
# time, so that what it says is of the change; the campaign looks for new ones.
_USUAL = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
_LONG = settings(_USUAL, derandomize=False)


def more(*values: object) -> list[ParameterSet]:
    """Parameters that only the long campaign uses."""
    return [pytest.param(value, marks=pytest.mark.campaign) for value in values]


def load_examples(config: pytest.Config) -> None:
    """Settle how examples are made up for tests of properties."""
    settings.register_profile("usual", _USUAL)
    settings.register_profile("campaign", _LONG)
    settings.load_profile("campaign" if _asked_for(config) else "usual")


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaign out, unless it is asked for: `-m campaign`."""
    if _asked_for(config):
        return
    left_out = [item for item in items if item.get_closest_marker("campaign")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _asked_for(config: pytest.Config) -> bool:
    return "campaign" in str(config.option.markexpr)
