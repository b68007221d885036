import re
from datetime import timedelta
from typing import Any

import pytest

from deskhand import __version__
from deskhand.domain.duration import parse_duration
from deskhand.runbooks.model import TimeoutsModel
from deskhand.settings.environment import KEY_FILE, PASSWORD_FILE
from deskhand.settings.project import load_project
from tests.acceptance.deploy.files import DEPLOY, EXAMPLES, compose, dockerfile
from tests.docs.pages import ROOT

COMPOSE = compose()
SERVICES = COMPOSE["services"]
OURS = ["deskhand", "migrate"]


def test_every_image_has_a_fixed_version_and_ours_is_this_one() -> None:
    images = {name: service["image"] for name, service in SERVICES.items()}

    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", images["database"])
    assert {images[name] for name in OURS} == {f"deskhand:${{DESKHAND_VERSION:-{__version__}}}"}


def test_the_database_is_reached_from_inside_only() -> None:
    database = SERVICES["database"]

    assert "ports" not in database
    assert database["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["migrate"]["networks"] == ["inside"]


def test_what_is_published_is_for_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_workers_wait_for_a_database_that_is_ready_and_has_its_tables() -> None:
    assert SERVICES["deskhand"]["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert dockerfile().of("HEALTHCHECK")
    assert "healthcheck" not in SERVICES["deskhand"]


def test_secrets_are_files_and_no_variable_holds_one() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            secret = re.search("PASSWORD|KEY|SECRET", name) is not None
            assert not secret or value.startswith("/run/secrets/"), name
            if secret:
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")


def test_the_folders_of_secrets_and_project_are_kept_out_of_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()

    assert {"deploy/secrets/", "deploy/project/"} <= set(ignored)


@pytest.mark.parametrize("name", OURS)
def test_ours_run_without_privilege_on_a_root_that_is_read_only(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["init"] is True


@pytest.mark.parametrize("name", OURS)
def test_the_paths_that_it_names_are_there(name: str) -> None:
    service = SERVICES[name]
    (profile,) = [one for one in service["security_opt"] if one.startswith("seccomp:")]

    assert (DEPLOY / profile.removeprefix("seccomp:")).is_file()
    assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
    assert (ROOT / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_service_has_limits_and_a_word_on_what_follows_its_end(service: Any) -> None:
    assert service["mem_limit"]
    assert service["restart"]


def test_a_worker_is_given_longer_to_end_than_an_attempt_may_take() -> None:
    grace = parse_duration(SERVICES["deskhand"]["stop_grace_period"])

    assert grace > TimeoutsModel().item
    assert grace - TimeoutsModel().item <= timedelta(minutes=5)


def test_its_variables_are_known_and_fit_the_example_settings(tmp_path: Any) -> None:
    told = SERVICES["deskhand"]["environment"]
    password = tmp_path / "password"
    password.write_text("p@ss/w:rd\n", encoding="utf-8")

    project = load_project(EXAMPLES, environment={**told, PASSWORD_FILE: str(password)})

    assert told.keys() == {"DESKHAND_DATABASE_URL", PASSWORD_FILE, KEY_FILE}
    assert project.database == ("postgresql+psycopg://deskhand:p%40ss%2Fw%3Ard@database/deskhand")
    assert str(project.vault_key_file) == told[KEY_FILE]
    assert f"state:{project.state}" in SERVICES["deskhand"]["volumes"]
