"""Writes professional claims as X12 837P, one after another, in constant memory."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, TextIO

from deploy.demo.values import Claim, Organisation, Payer

_VERSION: Final = "005010X222A1"
_FREQUENCY_CODES: Final = {"original": "1", "replacement": "7", "void": "8"}
_CONTROL_NUMBER: Final = "000000001"


def write_837(
    stream: TextIO,
    claims: Iterable[Claim],
    *,
    clinic: Organisation,
    payers: Iterable[Payer],
    today: date,
) -> int:
    """Write one interchange with one transaction set that holds the claims; return their count.

    Each patient is the subscriber. A claim has no filing deadline and no attachment in X12.
    """
    writer = _Writer(stream, clinic, {payer.id: payer.name for payer in payers})
    writer.begin(today)
    written = 0
    for claim in claims:
        writer.claim(claim)
        written += 1
    writer.end()
    return written


class _Writer:
    def __init__(self, stream: TextIO, clinic: Organisation, payers: dict[str, str]) -> None:
        self._write: Callable[[str], int] = stream.write
        self._clinic = clinic
        self._payers = payers
        self._segments = 0
        self._levels = 0
        self._provider_level = 0
        self._npi = ""

    def begin(self, today: date) -> None:
        sender, receiver = f"{self._clinic.client.upper():15}", f"{'PRACTICEPAYER':15}"
        day = today.strftime("%Y%m%d")
        isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", sender, "ZZ", receiver, day[2:]]
        self._segment(*isa, "0600", "^", "00501", _CONTROL_NUMBER, "0", "T", ":")
        self._segment("GS", "HC", sender.strip(), receiver.strip(), day, "0600", "1", "X", _VERSION)
        self._segments = 0
        self._segment("ST", "837", "0001", _VERSION)
        self._segment("BHT", "0019", "00", "1", day, "0600", "CH")
        name = self._clinic.name.upper()
        self._segment("NM1", "41", "2", name, "", "", "", "", "46", self._clinic.client.upper())
        self._segment("PER", "IC", "BILLING OFFICE", "TE", "5550100100")
        self._segment("NM1", "40", "2", "PRACTICE PAYERS", "", "", "", "", "46", "PRACTICE")

    def claim(self, claim: Claim) -> None:
        if claim.provider_npi != self._npi:
            self._provider(claim.provider_npi)
        self._subscriber(claim)
        filing = f"{claim.place_of_service}:B:{_FREQUENCY_CODES[claim.frequency]}"
        total = str(claim.total_charge)
        self._segment("CLM", claim.claim_number, total, "", "", filing, "Y", "A", "Y", "Y")
        if claim.prior_auth:
            self._segment("REF", "G1", claim.prior_auth)
        if claim.original_ref:
            self._segment("REF", "F8", claim.original_ref)
        codes = [code.replace(".", "") for code in claim.diagnosis_codes]
        self._segment("HI", f"ABK:{codes[0]}", *(f"ABF:{code}" for code in codes[1:]))
        for number, line in enumerate(claim.lines, start=1):
            service = f"HC:{line.code}:{line.modifier}" if line.modifier else f"HC:{line.code}"
            self._segment("LX", str(number))
            self._segment("SV1", service, str(line.charge), "UN", str(line.units), "", "", "1")
            self._segment("DTP", "472", "D8", line.service_date.strftime("%Y%m%d"))

    def end(self) -> None:
        self._segment("SE", str(self._segments + 1), "0001")
        self._segment("GE", "1", "1")
        self._segment("IEA", "1", _CONTROL_NUMBER)

    def _provider(self, npi: str) -> None:
        self._npi = npi
        self._provider_level = self._level("", "20", "1")
        self._segment("NM1", "85", "2", self._clinic.name.upper(), "", "", "", "", "XX", npi)
        self._segment("N3", "1 PRACTICE ROAD")
        self._segment("N4", "SPRINGFIELD", "IL", "627010000")
        self._segment("REF", "EI", "370000000")

    def _subscriber(self, claim: Claim) -> None:
        self._level(str(self._provider_level), "22", "0")
        self._segment("SBR", "P", "18", "", "", "", "", "", "", "CI")
        first, _, last = claim.patient_name.rpartition(" ")
        self._segment("NM1", "IL", "1", last, first, "", "", "", "MI", claim.member_id)
        self._segment("N3", "12 INVENTED STREET")
        self._segment("N4", "SPRINGFIELD", "IL", "62702")
        self._segment("DMG", "D8", claim.patient_dob.strftime("%Y%m%d"), "U")
        payer = self._payers[claim.payer_id].upper()
        self._segment("NM1", "PR", "2", payer, "", "", "", "", "PI", claim.payer_id)

    def _level(self, parent: str, code: str, child: str) -> int:
        self._levels += 1
        self._segment("HL", str(self._levels), parent, code, child)
        return self._levels

    def _segment(self, *elements: str) -> None:
        self._segments += 1
        self._write("*".join(elements).rstrip("*") + "~\n")
