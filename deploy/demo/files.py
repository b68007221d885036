"""Writes the practice world's files: what its clients send, and what its portal knows."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from deploy.demo.csv_writer import write_csv
from deploy.demo.json_writer import write_json
from deploy.demo.pdf import one_page_pdf
from deploy.demo.values import ClientFile, World, world_as_json
from deploy.demo.x12_writer import write_837

_NAMES: Final = {"837": "claims.837", "csv": "claims.csv", "json": "claims.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFile:
    """A file that was written for a client to send."""

    path: Path
    client: str
    rows: int
    format: str


def write_files(world: World, folder: Path) -> list[DemoFile]:
    """Write what each client sends to `folder/<client>/claims/`, attachments beside it."""
    written = []
    for file in world.files:
        path = folder / file.client / "claims" / _NAMES[file.format]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            rows = _writer(world, file)(stream)
        _write_attachments(file, path.parent)
        written.append(DemoFile(path=path, client=file.client, rows=rows, format=file.format))
    return written


def write_world(world: World, file: Path) -> None:
    """Write what the practice portal knows, as JSON."""
    file.write_text(json.dumps(world_as_json(world), indent=1) + "\n", encoding="utf-8")


def _writer(world: World, file: ClientFile) -> Callable[[TextIO], int]:
    claims = [row.claim for row in file.rows]
    if file.format == "csv":
        return partial(write_csv, rows=file.rows)
    if file.format == "json":
        return partial(write_json, claims=claims)
    clinic = world.organisation(file.client)
    return partial(write_837, claims=claims, clinic=clinic, payers=world.payers, today=world.today)


def _write_attachments(file: ClientFile, folder: Path) -> None:
    for row in file.rows:
        for name in row.claim.attachments:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(one_page_pdf(f"Practice attachment of {row.claim.claim_number}"))
