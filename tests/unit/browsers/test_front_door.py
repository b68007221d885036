import pytest

import deskhand


def test_every_name_of_the_front_door_leads_somewhere() -> None:
    for name in deskhand.__all__:
        assert getattr(deskhand, name) is not None, name

    assert set(deskhand.__all__) == {*deskhand._HOMES, "__version__"}
    assert dir(deskhand) == sorted(deskhand.__all__)


def test_a_name_that_the_front_door_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Robot'"):
        deskhand.Robot  # noqa: B018 (asking is the test)
