"""One table of limits: what the code uses is what the documentation says."""

from dataclasses import fields
from pathlib import Path

from collimate.dicom.limits import LIMITS, MEANING, in_markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "limits.md"


def test_every_limit_has_a_meaning():
    assert set(MEANING) == {field.name for field in fields(LIMITS)}


def test_the_documentation_holds_the_table_as_it_is():
    text = DOCUMENT.read_text()
    assert in_markdown() in text, "print(in_markdown()) gives the table of docs/limits.md"
