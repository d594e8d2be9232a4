"""The rules a project reads and learns by."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from collimate.kit.errors import Unprocessable
from collimate.projects.models import Project


class RuleOutOfRange(Unprocessable):
    """A rule has a value that cannot work."""


@dataclass(frozen=True)
class ReadingRules:
    """How cases are read. `wanted_reads` different readers read each case."""

    wanted_reads: int = 1
    is_blinded: bool = True
    review_required: bool = False
    show_reason: bool = True
    show_suggestion: bool = True
    guideline: str = ""


@dataclass(frozen=True)
class LearningRules:
    """How the learner asks.

    `batch_size` picks per round, of which `control_share` are drawn at random before the strategy
    looks; `holdout_share` of patients are kept for measuring; `evaluation_share` of served cases
    come from them until enough are read.
    """

    is_on: bool = True
    strategy: str = "uncertainty_herding"
    batch_size: int = 20
    control_share: float = 0.1
    holdout_share: float = 0.2
    evaluation_share: float = 0.2


RANGES: dict[str, tuple[float, float]] = {
    "wanted_reads": (1, 10),
    "batch_size": (5, 500),
    "control_share": (0.05, 1.0),
    "holdout_share": (0.05, 0.5),
    "evaluation_share": (0.0, 0.5),
}


def reading_rules(project: Project) -> ReadingRules:
    """The project's reading rules, defaults filled in."""
    return _filled(ReadingRules, project.reading_rules)


def learning_rules(project: Project) -> LearningRules:
    """The project's learning rules, defaults filled in."""
    return _filled(LearningRules, project.learning_rules)


def _filled(kind: Any, stored: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    return kind(**{key: value for key, value in stored.items() if key in known})


def change(rules: ReadingRules | LearningRules, changes: dict[str, Any]) -> dict[str, Any]:
    """The rules with some of them changed, as stored.

    Raises:
        RuleOutOfRange: a number outside the range that makes sense.
    """
    merged = {**asdict(rules), **changes}
    for name, (low, high) in RANGES.items():
        if name in merged and not low <= merged[name] <= high:
            raise RuleOutOfRange(f"{name.replace('_', ' ')} must lie between {low:g} and {high:g}.")
    return merged
