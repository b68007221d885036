"""Secrets from the environment: for containers, and for development."""

from collections.abc import Mapping

from deskhand.domain.sealed import Sealed
from deskhand.errors import SecretMissingError

PREFIX = "DESKHAND_SECRET_"


class EnvironmentVault:
    """Finds `payer_portal/acme/password` as `DESKHAND_SECRET_PAYER_PORTAL_ACME_PASSWORD`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def secret(self, name: str) -> Sealed[str]:
        variable = variable_name(name)
        value = self._environment.get(variable)
        if not value:
            raise SecretMissingError(name, advice=f"set the environment variable {variable}")
        return Sealed(value)


def variable_name(name: str) -> str:
    """Return the environment variable that holds a secret.

    >>> variable_name("payer_portal/acme-west/password")
    'DESKHAND_SECRET_PAYER_PORTAL_ACME_WEST_PASSWORD'
    """
    return PREFIX + "".join(char if char.isalnum() else "_" for char in name).upper()
