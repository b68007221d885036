from pathlib import Path

import pytest

from deskhand.domain.receiver import Receiver
from deskhand.errors import SettingsError
from deskhand.settings.receivers import load_receivers

EMR = "{name: emr, url: 'https://emr.example/in', events: [claims.*], secret: receivers/emr/secret}"

NAME_WITH_COLON = 'name: "a:b"'


def load(folder: Path, text: str) -> dict[str, Receiver]:
    file = folder / "receivers.yaml"
    file.write_text(text, encoding="utf-8")
    return dict(load_receivers(file))


def test_without_a_file_nobody_is_told(tmp_path: Path) -> None:
    assert load_receivers(tmp_path / "receivers.yaml") == {}


def test_a_receiver_hears_of_all_clients_unless_it_says_of_which(tmp_path: Path) -> None:
    lab = EMR.replace("emr", "lab").replace("events", "clients: [lakeside], events")

    found = load(tmp_path, f"receivers:\n  - {EMR}\n  - {lab}\n")

    assert found["emr"].wants("claims.submitted", client="hillside")
    assert found["lab"].wants("claims.submitted", client="lakeside")
    assert not found["lab"].wants("claims.submitted", client="hillside")
    assert not found["emr"].wants("aid.verified", client="hillside")


def test_this_machine_may_be_told_without_tls(tmp_path: Path) -> None:
    found = load(tmp_path, f"receivers: [{EMR.replace('https://emr.example', 'http://127.0.0.1')}]")

    assert found["emr"].url == "http://127.0.0.1/in"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("receivers: {}", "expected `receivers:`"),
        ("[", "receivers.yaml"),
        ("receivers: [emr]", "receiver 1: expected keys"),
        (f"receivers: [{EMR}, {EMR}]", "receiver 2: emr is listed twice"),
        (f"receivers: [{EMR.replace('events', 'event')}]", "unknown key `event`"),
        (f"receivers: [{EMR.replace('[claims.*]', 'claims')}]", "`events` is a list of names"),
        (f"receivers: [{EMR.replace('[claims.*]', '[]')}]", "`events` is a list of names"),
        (f"receivers: [{EMR.replace('https:', 'http:')}]", "`url` begins with https://"),
        (f"receivers: [{EMR.replace('https://emr.example/in', 'https://')}]", "`url` begins"),
        (f"receivers: [{EMR.replace('.example', '.example:84443')}]", "a port up to 65535"),
        (f"receivers: [{EMR.replace('.example', '..example')}]", "`url` begins"),
        (f"receivers: [{EMR.replace('.example', ' .example')}]", "`url` begins"),
        (f"receivers: [{EMR.replace('name: emr', 'name: 7')}]", "`name` is missing or no text"),
        (f"receivers: [{EMR.replace('name: emr', NAME_WITH_COLON)}]", "`name` has no colon"),
        (f"receivers: [{EMR.replace('secret: ', 'secret2: ')}]", "unknown key `secret2`"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)

    assert problem in str(raised.value)
