"""Texts of X12 files for tests, built from whole segments with right counts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.ports.reader import BadRow, Row

ISA = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*250630*0600*^*00501*000000001*0*T*:"
)
GS = "GS*HC*SENDER*RECEIVER*20250630*0600*1*X*005010X222A1"
HEADER = (
    "ST*837*0001*005010X222A1",
    "BHT*0019*00*1*20250630*0600*CH",
    "NM1*41*2*CLINIC*****46*SENDER",
    "PER*IC*OFFICE*TE*5550100100",
    "NM1*40*2*PAYER*****46*RECEIVER",
)
PROVIDER = (
    "HL*1**20*1",
    "NM1*85*2*CLINIC*****XX*1234567893",
    "N3*1 ROAD",
    "N4*SPRINGFIELD*IL*62701",
    "REF*EI*370000000",
)
SUBSCRIBER = (
    "HL*2*1*22*0",
    "SBR*P*18*******CI",
    "NM1*IL*1*Marlow*Ada****MI*W123456789",
    "N3*2 STREET",
    "N4*SPRINGFIELD*IL*62702",
    "DMG*D8*19800229*F",
    "NM1*PR*2*ACME HEALTH*****PI*60054",
)


def claim(
    number: str = "CLM-0000001",
    *,
    total: str = "145.50",
    filing: str = "11:B:1",
    extra: Sequence[str] = (),
    lines: Sequence[tuple[str, str, str]] = (("HC:G0463", "145.50", "20250602"),),
) -> list[str]:
    made = [f"CLM*{number}*{total}***{filing}*Y*A*Y*Y", *extra]
    if not any(segment.startswith("HI*") for segment in extra):
        made.append("HI*ABK:E119")
    for at, (service, charge, day) in enumerate(lines, start=1):
        period = "RD8" if "-" in day else "D8"
        made += [f"LX*{at}", f"SV1*{service}*{charge}*UN*1***1", f"DTP*472*{period}*{day}"]
    return made


def interchange(*segments: str, header: Sequence[str] = HEADER, end: str = "~\n") -> str:
    """A whole file of one transaction set that holds these segments after its header."""
    inside = [*header, *segments]
    everything = [ISA, GS, *inside, f"SE*{len(inside) + 1}*0001", "GE*1*1", "IEA*1*000000001"]
    return "".join(segment + end for segment in everything)


def claims_file(*claims: Sequence[str]) -> str:
    """A whole file in which one subscriber has these claims."""
    return interchange(*PROVIDER, *SUBSCRIBER, *(text for each in claims for text in each))


def read(folder: Path, text: str) -> list[Row | BadRow]:
    file = folder / "claims.837"
    file.write_text(text, encoding="utf-8", newline="")
    return list(X12ProfessionalClaimReader(processes=1).rows(file))


def only(folder: Path, text: str) -> Mapping[str, object]:
    (row,) = read(folder, text)
    assert isinstance(row, Row), row
    return row.values


def refused(folder: Path, text: str) -> BadRow:
    (row,) = read(folder, text)
    assert isinstance(row, BadRow), row
    return row
