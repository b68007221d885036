"""What every vault promises."""

import pytest

from deskhand.errors import SecretMissingError
from deskhand.ports.vault import Vault

SECRETS = {"payer_portal/lakeside/user": "ann", "payer_portal/lakeside/password": "hush, ä 密"}


class VaultContract:
    """Subclasses give a fixture `vault` that holds `SECRETS`."""

    @pytest.mark.parametrize("name", SECRETS)
    def test_a_secret_is_found_by_its_path(self, vault: Vault, name: str) -> None:
        assert vault.secret(name).reveal() == SECRETS[name]

    def test_a_secret_shows_itself_to_nobody_by_accident(self, vault: Vault) -> None:
        secret = vault.secret("payer_portal/lakeside/password")

        assert "hush" not in f"{secret} {secret!r} {[secret]}"

    def test_a_missing_secret_is_named_and_what_to_do_is_said(self, vault: Vault) -> None:
        with pytest.raises(SecretMissingError, match=r"no secret 'payer_portal/hill/user'; \w+"):
            vault.secret("payer_portal/hill/user")
