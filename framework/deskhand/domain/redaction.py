"""Taking sensitive values out of text: a page or a portal may show one value in many forms."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote, quote_plus

from deskhand.domain.folding import any_of, folded
from deskhand.domain.sealed import MASK

SHORTEST_FORM = 3
"""Shorter values are not searched for: they would be found in everything."""

_SHORT_FORM = 5  # below it a form counts only where it stands alone
_DATE_FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%m.%d.%Y",
    "%m/%d/%y",
    "%m-%d-%y",
    "%m%d%Y",
    "%m%d%y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
)
_PADDING = re.compile(r"(?<![0-9])0(?=[0-9](?![0-9]))")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERED = re.compile(r"[0-9][0-9 ()./+-]*[0-9]")
_WORD = re.compile(r"[^\s,;]+")
_JOINT = re.compile(r"(?<=[^\W\d_])['-](?=[^\W\d_])")
_SPACE = r"\s+"
_GROUPED = r"[\s.-]?"
_LONG_NUMBER, _LONG_DIGITS = 8, 6  # what is so long, with so many digits, is shown in groups


def sensitive_forms(value: object) -> frozenset[str]:
    """Return the texts in which a value may show itself; case and spacing need no forms.

    >>> sorted(sensitive_forms("123-45-6789"))
    ['123 45 6789', '123-45-6789', '123456789']
    >>> "March 4, 1980" in sensitive_forms(date(1980, 3, 4))
    True
    """
    return frozenset(form for form in _forms(value) if len(form) >= SHORTEST_FORM)


def secret_forms(word: str) -> frozenset[str]:
    """Return the texts in which a password or a code may show itself: whole, as it was typed."""
    return frozenset({word, *_encoded_forms(word)})


def redact(text: str, forms: Iterable[str]) -> str:
    """Return the text with every occurrence of a form replaced by `***`.

    >>> redact("claim of JANE  DOE, dob 3/4/1980", sensitive_forms("Jane Doe"))
    'claim of ***, dob 3/4/1980'
    """
    pattern = forms_pattern(forms)
    if not pattern:
        return text
    plain, places = folded(text)
    if places is None:
        return re.sub(pattern, MASK, text, flags=re.IGNORECASE)
    kept, at = [], 0
    for match in re.finditer(pattern, plain, re.IGNORECASE):
        kept += [text[at : places[match.start()]], MASK]
        at = places[match.end()]
    return "".join([*kept, text[at:]])


def forms_pattern(forms: Iterable[str]) -> str:
    """Return one expression that finds every form in a folded text; empty without forms.

    It means the same to Python and to JavaScript, both ignoring case: pages use it, too.
    """
    searched = {
        " ".join(folded(form)[0].lower().split())
        for form in forms
        if len(form.strip()) >= SHORTEST_FORM
    }
    long = [_tokens(form) for form in searched if len(form) >= _SHORT_FORM]
    short = [_tokens(form) for form in searched if SHORTEST_FORM <= len(form) < _SHORT_FORM]
    alone = f"(?<![A-Za-z0-9]){any_of(short)}(?![A-Za-z0-9])" if short else ""
    return "|".join(filter(None, (any_of(long) if long else "", alone)))


def _tokens(form: str) -> list[str]:
    tokens: list[str] = []
    for word in form.split():
        digits = sum(map(str.isdigit, word))
        grouped = word.isalnum() and len(word) >= _LONG_NUMBER and digits >= _LONG_DIGITS
        tokens += [_SPACE] if tokens else []
        for number, letter in enumerate(word):
            tokens += [_GROUPED] if grouped and number else []
            tokens.append(re.escape(letter))
    return tokens


def _forms(value: object) -> Iterator[str]:
    match value:
        case None | bool():
            return
        case datetime():
            yield from _date_forms(value.date())
        case date():
            yield from _date_forms(value)
        case Decimal() | int():
            yield from _amount_forms(Decimal(value))
        case _:
            for spelling in _spellings(str(value).strip()):
                yield from _text_forms(spelling)


def _date_forms(day: date) -> Iterator[str]:
    for shape in _DATE_FORMS:
        form = day.strftime(shape)
        yield form
        yield _PADDING.sub("", form)


def _amount_forms(amount: Decimal) -> Iterator[str]:
    yield str(amount)
    if not amount.is_finite():
        return
    cents = amount.quantize(Decimal("0.01"))
    yield f"{cents}"
    yield f"{cents:,}"
    if amount == amount.to_integral_value():
        yield f"{amount:.0f}"
        yield f"{amount:,.0f}"


def _spellings(text: str) -> frozenset[str]:
    """Return a text as portals write it: without hyphens and apostrophes in names, too."""
    plain = folded(text)[0]
    return frozenset(
        _JOINT.sub(joint, each) for each in (text, plain) for joint in (r"\g<0>", " ", "")
    )


def _text_forms(text: str) -> Iterator[str]:
    yield text
    if _ISO_DATE.fullmatch(text):
        yield from _written_date_forms(text)
    elif _NUMBERED.fullmatch(text):
        yield from _number_forms(re.sub(r"\D", "", text))
    if not text.isalnum():
        yield from _encoded_forms(text)
    words = _WORD.findall(text)
    if len(words) > 1 and not _NUMBERED.fullmatch(text):
        yield from words  # names are shown in parts: first and last name in two columns
        yield "".join(words)
        yield f"{words[-1]}, {' '.join(words[:-1])}"
        yield f"{words[-1]} {' '.join(words[:-1])}"


def _written_date_forms(text: str) -> Iterator[str]:
    try:
        yield from _date_forms(date.fromisoformat(text))
    except ValueError:
        return


def _number_forms(digits: str) -> Iterator[str]:
    yield digits
    if len(digits) == len("123456789"):
        yield f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
        yield f"{digits[:3]} {digits[3:5]} {digits[5:]}"
    if len(digits) == len("5551234567"):
        yield f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        yield f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        yield f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _encoded_forms(text: str) -> Iterator[str]:
    yield quote(text, safe="")
    yield quote_plus(text)
