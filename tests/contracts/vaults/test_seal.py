import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.errors import SealBrokenError, SecretMissingError, VaultError
from deskhand.vaults.environment import EnvironmentVault, variable_name
from deskhand.vaults.seal import SEAL_KEYS, AesSeal, seal_from

KEYS = [bytes([number]) * 32 for number in range(3)]
CONTEXT = "item:i1/fields"


@pytest.fixture
def seal() -> AesSeal:
    return AesSeal(KEYS[:1])


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_was_sealed_opens_in_its_context(plain: bytes, context: str) -> None:
    seal = AesSeal(KEYS[:1])

    assert seal.open(seal.close(plain, context=context), context=context) == plain


def test_sealed_bytes_tell_nothing_and_never_repeat(seal: AesSeal) -> None:
    plain = b"member W123456789"

    first, second = (seal.close(plain, context=CONTEXT) for _ in range(2))

    assert first != second
    assert plain not in first
    assert len(first) - len(plain) == 35


def test_a_sealed_value_that_was_moved_to_another_row_does_not_open(seal: AesSeal) -> None:
    sealed = seal.close(b"plain", context=CONTEXT)

    with pytest.raises(SealBrokenError, match="item:i2/fields cannot be opened"):
        seal.open(sealed, context="item:i2/fields")


def test_a_change_of_any_bit_breaks_the_seal(seal: AesSeal) -> None:
    sealed = seal.close(b"plain", context=CONTEXT)
    opened = []

    for bit in range(len(sealed) * 8):
        damaged = bytearray(sealed)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            opened.append(seal.open(bytes(damaged), context=CONTEXT))
        except SealBrokenError:
            continue

    assert opened == []


def test_what_was_cut_off_or_lengthened_does_not_open(seal: AesSeal) -> None:
    sealed = seal.close(b"plain", context=CONTEXT)
    opened = []

    for damaged in [sealed[:length] for length in range(len(sealed))] + [sealed + b"\x00"]:
        try:
            opened.append(seal.open(damaged, context=CONTEXT))
        except SealBrokenError:
            continue

    assert opened == []


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    old = AesSeal([KEYS[0]])
    rotated = AesSeal([KEYS[1], KEYS[0]])
    kept = old.close(b"plain", context=CONTEXT)

    fresh = rotated.close(b"plain", context=CONTEXT)

    assert rotated.open(kept, context=CONTEXT) == b"plain"
    assert rotated.open(fresh, context=CONTEXT) == b"plain"
    with pytest.raises(SealBrokenError):
        old.open(fresh, context=CONTEXT)
    with pytest.raises(SealBrokenError):
        AesSeal([KEYS[2]]).open(kept, context=CONTEXT)


def test_digests_tell_equal_from_different_and_contexts_apart(seal: AesSeal) -> None:
    digest = seal.digest(b"plain", context="fields:claims")

    assert digest == seal.digest(b"plain", context="fields:claims")
    assert digest != seal.digest(b"plain.", context="fields:claims")
    assert digest != seal.digest(b"plain", context="fields:aid")
    assert digest != AesSeal([KEYS[1]]).digest(b"plain", context="fields:claims")
    assert len(digest) == 64


def test_digests_stay_the_same_through_a_rotation(seal: AesSeal) -> None:
    rotated = AesSeal([KEYS[1], KEYS[0]])

    assert rotated.digest(b"plain", context="a") == seal.digest(b"plain", context="a")


def vault_with(text: str) -> EnvironmentVault:
    return EnvironmentVault({variable_name(SEAL_KEYS): text})


def test_the_seal_is_made_from_the_vaults_keys_the_first_of_which_seals() -> None:
    texts = [base64.urlsafe_b64encode(key).decode() for key in KEYS[:2]]

    seal = seal_from(vault_with(", ".join(texts)))

    sealed = seal.close(b"plain", context=CONTEXT)
    assert AesSeal([KEYS[0]]).open(sealed, context=CONTEXT) == b"plain"


def test_a_seal_without_keys_or_with_a_bad_one_is_not_made() -> None:
    with pytest.raises(SecretMissingError, match="seal/keys"):
        seal_from(EnvironmentVault({}))
    with pytest.raises(VaultError, match="a key of seal/keys is not a key"):
        seal_from(vault_with(base64.urlsafe_b64encode(KEYS[0]).decode() + ","))
