"""Signs in free text that it may say who someone is: names, dates, numbers, ways to reach people.

Forms are looked for, in English and German; a bare family name, a nickname or a rare story is not
found. So it warns, and lets nothing pass by itself.
"""

import re
from enum import StrEnum
from typing import NamedTuple

_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|apr(?:il)?|may|mai|june?|juni|"
    r"july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_TITLE = (
    # as written: MR and ms mean other things
    r"(?-i:Mrs?|Ms|Miss|Mister|Herrn?|Frau|Fräulein|Doctor|Doktor|Dres|Dr|Prof(?:essor)?|Sister|"
    r"Schwester|Pfleger|Nurse|Madame|Monsieur)\b\.?"
)
_NAMED = r"(?:(?:name|vorname|nachname|surname|patient(?:in)?|referr(?:er|ed by))\s*:|gez\.)"
_CAPITAL = r"(?-i:[A-ZÀ-ÖØ-Þ])[\w'’-]+"


class Sign(StrEnum):
    """What was found."""

    DATE = "date"
    NUMBER = "number"
    NAME = "name"
    CONTACT = "contact"


_SIGNS: dict[Sign, re.Pattern[str]] = {
    Sign.DATE: re.compile(
        rf"\b(?:[0-3]?\d\s?[./-]\s?[0-3]?\d\s?[./-]\s?(?:{_YEAR}|\d\d)"
        rf"|{_YEAR}\s?[./-]\s?[01]?\d\s?[./-]\s?[0-3]?\d"
        rf"|[0-3]?\d(?:st|nd|rd|th|\.)?\s+{_MONTH}(?:\s+{_YEAR})?"
        rf"|{_MONTH}\s+[0-3]?\d(?:st|nd|rd|th)?,?\s+{_YEAR})\b",
        re.IGNORECASE,
    ),
    Sign.NUMBER: re.compile(r"(?<![\d.,])\d{6,}(?![.,]?\d)|\b[A-Z]{1,4}[-/ ]?\d{5,}\b"),
    Sign.NAME: re.compile(
        rf"\b{_TITLE}\s+(?:{_TITLE}\s+)*{_CAPITAL}|\b{_NAMED}\s*{_CAPITAL}"
        r"|\b(?:geb(?:\.|oren)|dob|née)(?:\s|:)|\bborn\s+(?:(?:on|in)\s+)?\d"
        r"|[^\W\d_]{2,40}\^[^\W\d_]{2}",
        re.IGNORECASE,
    ),
    Sign.CONTACT: re.compile(
        r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2}|https?://|\bwww\.|"
        r"(?<![\w.])(?:\+\d{1,3}[\s/-]?\(?\d|\(?0\d{1,5}\)?[\s/-]+\d)[\d\s)/-]{4,}"
    ),
}


class Found(NamedTuple):
    """A sign and the line it stands in, counted from 1; never the words themselves."""

    sign: Sign
    line_number: int


def signs_in(text: str) -> list[Found]:
    """Every sign once for each line, in the order of the text."""
    return [
        Found(sign, number)
        for number, line in enumerate(text.splitlines(), start=1)
        for sign, pattern in _SIGNS.items()
        if pattern.search(line)
    ]
