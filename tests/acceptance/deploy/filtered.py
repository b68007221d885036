"""Runs a program under a filter of system calls, as a container's or a service's keeper would.

    python -m tests.acceptance.deploy.filtered FILTER.json PROGRAM [ARGUMENT…]

The filter has the form of a container's seccomp profile. Libseccomp puts it together, the library
that the keepers themselves use.
"""

import ctypes
import ctypes.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_EQUAL = 4
_UNKNOWN = -1


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def can_filter() -> bool:
    """Whether this machine has the library."""
    return ctypes.util.find_library("seccomp") is not None


def put_on(profile: Mapping[str, Any]) -> None:
    """Hold this process, and all that it starts, to a profile from here on."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"), use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    context = ctypes.c_void_p(library.seccomp_init(_ERRNO | profile["defaultErrnoRet"]))
    for rule in profile["syscalls"]:
        assert rule["action"] == "SCMP_ACT_ALLOW"
        comparisons = _comparisons(rule.get("args", []))
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number == _UNKNOWN:  # newer than the library: keepers leave it out, too
                continue
            added = library.seccomp_rule_add_array(
                context, _ALLOW, number, len(comparisons), comparisons
            )
            assert added == 0, (name, added)
    assert library.seccomp_load(context) == 0
    library.seccomp_release(context)


def _comparisons(told: Sequence[Mapping[str, Any]]) -> "ctypes.Array[_Comparison]":
    assert all(one["op"] == "SCMP_CMP_EQ" for one in told)
    listed = [_Comparison(one["index"], _EQUAL, one["value"], 0) for one in told]
    return (_Comparison * len(listed))(*listed)


if __name__ == "__main__":
    put_on(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - what it is for
