import json
from typing import ClassVar

from deploy.demo.aid.isir_writer import isir_record
from deskhand.intake.csv import CsvReader
from deskhand.intake.isir import IsirReader
from deskhand.intake.json import JsonReader
from deskhand.intake.jsonl import JsonLinesReader
from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.ports.reader import Reader
from tests.contracts.readers.reader_contract import TextReaderContract
from tests.unit.intake.x12_text import PROVIDER, SUBSCRIBER, claim, interchange


class TestCsvReader(TextReaderContract):
    suffix: ClassVar[str] = ".csv"

    def reader(self) -> Reader:
        return CsvReader()

    def text(self, *names: str) -> str:
        return "number,name,total\n" + "".join(f"C1,{name},12.10\n" for name in names)

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        return self.text(*names).replace(f"{names[bad]},", f"{names[bad]},,,")


class TestJsonReader(TextReaderContract):
    suffix: ClassVar[str] = ".json"

    def reader(self) -> Reader:
        return JsonReader()

    def text(self, *names: str) -> str:
        rows = [json.dumps({"name": name}, ensure_ascii=False) for name in names]
        return ("[\n" + ",\n".join(rows) + "\n]\n").replace("\\u0000", "\0")

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        return self.text(*names).replace(f'{{"name": "{names[bad]}"}}', f'"{names[bad]}"')


class TestJsonReaderOfAnObject(TestJsonReader):
    def text(self, *names: str) -> str:
        rows = super().text(*names).strip()
        return f'{{"sent": "2025-06-30", "codes": [1, 2], "claims": {rows}, "count": 3}}\n'


class TestJsonLinesReader(TextReaderContract):
    suffix: ClassVar[str] = ".jsonl"

    def reader(self) -> Reader:
        return JsonLinesReader()

    def text(self, *names: str) -> str:
        return "".join(f'{{"name": "{name}"}}\n' for name in names)

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        return self.text(*names).replace(f'"{names[bad]}"', f'"{names[bad]}')


class TestX12ProfessionalClaimReader(TextReaderContract):
    suffix: ClassVar[str] = ".837"

    def reader(self) -> Reader:
        return X12ProfessionalClaimReader(processes=1)

    def text(self, *names: str) -> str:
        levels = []
        for name in names:
            subscriber = [segment.replace("Marlow", name) for segment in SUBSCRIBER]
            levels += [*subscriber, *claim()]
        return interchange(*PROVIDER, *levels)

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        before, after = self.text(*names).split(f"*{names[bad]}*")
        return f"{before}*{names[bad]}*" + after.replace("*145.50***", "*Keller***", 1)


class TestIsirReader(TextReaderContract):
    suffix: ClassVar[str] = ".isir"

    def reader(self) -> Reader:
        return IsirReader()

    def text(self, *names: str) -> str:
        return "".join(
            isir_record({"last_name": name, "agi": "52300", "transaction": "01"}) + "\r\n"
            for name in names
        )

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        before, after = self.text(*names).split(names[bad])
        return f"{before}{names[bad]}" + after.replace("52300", "Kelle", 1)
