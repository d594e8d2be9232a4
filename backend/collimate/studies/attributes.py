"""A small grammar for conditions on DICOM attributes, and what it means in the database.

    KVP=120        SliceThickness<=1.5    KVP=100..120     StudyDate=20240101..
    ConvolutionKernel=B*f                 ContrastBolusAgent       !ContrastBolusAgent
    00189345>5     (0018,9345)>5          ViewCodeSequence.CodeValue=R-10242

Nothing of the text becomes SQL: names turn into tags of eight hexadecimal digits, values are
bound, and the operators are those of the table below.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from collimate.kit.errors import Unprocessable
from collimate.studies.attribute_index import HAS, MOST_CHARACTERS
from collimate.studies.keywords import TAGS
from collimate.studies.models import Series, Study

LIMIT_MS = 5000
_CONDITION = re.compile(r"(!)?\s*([A-Za-z0-9.(), ]+?)\s*(?:(<=|>=|=|<|>)\s*(.*))?")
_TAG = re.compile(r"\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?")
_PATH_OPERATORS = {"<=": "<=", ">=": ">=", "<": "<", ">": ">"}


class BadAttributeCondition(Unprocessable):
    """This is no condition on a DICOM attribute."""


class SearchTooSlow(Unprocessable):
    """This search looks at too much."""


@dataclass(frozen=True)
class Condition:
    """One condition: `path` is a tag or tags with dots; `operator` is =, <, <=, >, >=, has, not."""

    path: str
    operator: str
    value: str = ""


def read_condition(said: str) -> Condition:
    """A condition as a person writes it.

    Raises:
        BadAttributeCondition
    """
    found = _CONDITION.fullmatch(said.strip())
    if found is None or "\0" in said:
        raise BadAttributeCondition(
            "Write for example KVP=120, SliceThickness<=1.5 or !Laterality."
        )
    absent, name, operator, value = found.groups()
    path = ".".join(_tag(part.strip()) for part in name.split("."))
    if operator is None:
        return Condition(path, "not" if absent else HAS)
    value = value.strip()
    if absent or not value or len(value) > MOST_CHARACTERS:
        raise BadAttributeCondition(
            f"A value of at most {MOST_CHARACTERS} characters stands behind {operator}."
        )
    return Condition(path, operator, value)


def _tag(name: str) -> str:
    by_number = _TAG.fullmatch(name)
    if by_number is not None:
        return (by_number[1] + by_number[2]).upper()
    if name not in TAGS:
        raise BadAttributeCondition(
            f"No attribute that is kept is called {name[:64]}. Write its keyword or its tag."
        )
    return TAGS[name]


def fulfilled(project_id: UUID, conditions: tuple[Condition, ...]) -> list[ColumnElement[bool]]:
    """Criteria on `Study`: one series fulfils every condition; none has what must be absent."""
    found: list[ColumnElement[bool]] = []
    wanted = [_criterion(one) for one in conditions if one.operator != "not"]
    in_project = Series.project_id == project_id
    if wanted:
        # asked once and whole: how many there are, the planner cannot guess
        series = select(Series.study_id).where(in_project, *wanted).cte("having")
        found.append(Study.id.in_(select(series.prefix_with("MATERIALIZED").c.study_id)))
    for one in conditions:
        if one.operator == "not":
            having = select(Series.id).where(Series.study_id == Study.id, _has(one.path))
            found.append(~having.correlate(Study).exists())
    return found


def _has(path: str) -> ColumnElement[bool]:
    return Series.attributes.contains({HAS: [path]})


def _criterion(one: Condition) -> ColumnElement[bool]:
    if one.operator == HAS:
        return _has(one.path)
    if one.operator in _PATH_OPERATORS:
        return and_(_has(one.path), _compared(one.path, [(one.operator, one.value)]))
    low, dots, high = one.value.partition("..")
    if dots:
        ends = [(sign, end) for sign, end in ((">=", low.strip()), ("<=", high.strip())) if end]
        return and_(_has(one.path), *([_compared(one.path, ends)] if ends else []))
    if "*" in one.value or "?" in one.value:
        return and_(_has(one.path), _alike(one.path, one.value))
    values: list[Any] = [one.value]
    number = _number(one.value)
    if number is not None:
        values.append(number)
    return or_(*(Series.attributes.contains({one.path: [value]}) for value in values))


def _compared(path: str, ends: list[tuple[str, str]]) -> ColumnElement[bool]:
    """One value of the attribute lies within the ends; numbers as numbers, texts as texts."""
    numbers = [_number(end) for _, end in ends]
    of_numbers = all(number is not None for number in numbers)
    bound: dict[str, Any] = {
        f"end{place}": numbers[place] if of_numbers else end for place, (_, end) in enumerate(ends)
    }
    tests = [f"@ {_PATH_OPERATORS[sign]} $end{place}" for place, (sign, _) in enumerate(ends)]
    either = _path_exists(path, tests, bound)
    if not of_numbers:
        return either
    # dates and times look like numbers and are texts
    return or_(
        either, _path_exists(path, tests, {f"end{n}": end for n, (_, end) in enumerate(ends)})
    )


def _path_exists(path: str, tests: list[str], bound: dict[str, Any]) -> ColumnElement[bool]:
    # `path` holds hexadecimal digits and dots only
    asked = literal(f'$."{path}"[*] ? ({" && ".join(tests)})', Text)
    return func.jsonb_path_exists(
        Series.attributes, cast(asked, JSONPATH), literal(bound, JSONB), text("true")
    )


def _alike(path: str, pattern: str) -> ColumnElement[bool]:
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = func.jsonb_array_elements_text(Series.attributes[path]).table_valued("value")
    like = values.c.value.like(escaped.replace("*", "%").replace("?", "_"))
    return select(values.c.value).where(like).correlate(Series).exists()


def _number(said: str) -> float | None:
    return float(said) if re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?", said) else None


@contextmanager
def bounded(session: Session, conditions: tuple[Condition, ...]) -> Iterator[None]:
    """Ends a search by attributes that would keep the database busy for others.

    Raises:
        SearchTooSlow
    """
    if not conditions:
        yield
        return
    set_limit = select(func.set_config("statement_timeout", str(LIMIT_MS), True))
    session.execute(set_limit)
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        raise SearchTooSlow("Narrow it first by site, scanner or another facet.") from error
