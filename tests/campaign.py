"""What runs only in the long campaign: `./run test -m campaign`."""

import pytest
from _pytest.mark import ParameterSet


def more(*values: object) -> list[ParameterSet]:
    """Parameters that only the long campaign uses."""
    return [pytest.param(value, marks=pytest.mark.campaign) for value in values]


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaign out, unless it is asked for: `-m campaign`."""
    if "campaign" in str(config.option.markexpr):
        return
    left_out = [item for item in items if item.get_closest_marker("campaign")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
