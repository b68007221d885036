"""A project without a portal: what people do about cases needs no browser."""

from pathlib import Path

import pytest

from deskhand.bootstrap.projects import begin_project
from tests.practice.project import PracticeProject


@pytest.fixture
def project(tmp_path: Path) -> PracticeProject:
    """An empty project of its own, with its vault."""
    (tmp_path / "deskhand.toml").write_text('[state]\nfolder = "state"\n', encoding="utf-8")
    begin_project(tmp_path)
    return PracticeProject(folder=tmp_path)
