"""The practice portal of the campaign, and its projects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from deploy.demo.files import write_world
from deploy.demo.values import Claim
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import human
from tests.portals.payer.process import PortalProcess
from tests.practice.claims import PracticeClaims, practice_claims
from tests.practice.project import RUNBOOK, PracticeProject, new_project


