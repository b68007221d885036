"""What tests of bots need: faults to put before a practice portal."""

from deskhand.testing.catalogue import KINDS, SETS, Kind, Place
from deskhand.testing.injector import FaultInjector
from deskhand.testing.places import Places
from deskhand.testing.plan import AppFaults, FaultPlan
from deskhand.testing.timing import Fault, Hit, When

__all__ = [
    "KINDS",
    "SETS",
    "AppFaults",
    "Fault",
    "FaultInjector",
    "FaultPlan",
    "Hit",
    "Kind",
    "Place",
    "Places",
    "When",
]
