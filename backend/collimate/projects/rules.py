"""The rules a project reads and learns by."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from collimate.kit.errors import Unprocessable
from collimate.projects.models import Project


class RuleOutOfRange(Unprocessable):
    """A rule has a value that cannot work."""


@dataclass(frozen=True)
class ReadingRules:
    """How cases are read. `wanted_reads` different readers read each case.

    `is_staged`: the first read is locked without anything of the model, which is shown then.
    `label_guidelines`: what single labels mean, by label key, as Markdown like `guideline`.
    """

    wanted_reads: int = 1
    is_blinded: bool = True
    review_required: bool = False
    show_reason: bool = True
    show_suggestion: bool = True
    is_staged: bool = False
    show_earlier: bool = True
    show_clinical_text: bool = True
    guideline: str = ""
    hanging: list[dict[str, Any]] = field(default_factory=list)
    label_guidelines: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LearningRules:
    """How the learner asks.

    `batch_size` picks per round, of which `control_share` are drawn at random before the strategy
    looks; `holdout_share` of patients are kept for measuring; `evaluation_share` of served cases
    come from them until enough are read. `quotas` are least shares of a batch by group, such as
    `{"sex:F": 0.4}`; groups are site, scanner, sex and age. A new model does not speak where a
    class or group loses more than `most_drop` of its right answers by it (1 = never held back).
    Where `weighs_minutes`, a pick's gain is divided by the square root of the minutes it is
    predicted to take. `predicts` is the key of an attribute of every series or image that is
    learned in place of the study's answer; empty for the answer (`projects/learnable.py`).
    """

    is_on: bool = True
    strategy: str = "rare_aware_herding"
    batch_size: int = 20
    control_share: float = 0.1
    holdout_share: float = 0.2
    evaluation_share: float = 0.2
    quotas: dict[str, float] = field(default_factory=dict)
    most_drop: float = 0.1
    weighs_minutes: bool = False
    predicts: str = ""

    def quota_shares(self) -> dict[tuple[str, str], float]:
        """The quotas by attribute and value."""
        shares = {}
        for name, share in self.quotas.items():
            attribute, _, value = name.partition(":")
            shares[attribute, value] = share
        return shares


QUOTA_GROUPS = ("site", "scanner", "sex", "age")
RANGES: dict[str, tuple[float, float]] = {
    "wanted_reads": (1, 10),
    "batch_size": (5, 500),
    "control_share": (0.05, 1.0),
    "holdout_share": (0.05, 0.5),
    "evaluation_share": (0.0, 0.5),
    "most_drop": (0.02, 1.0),
}


def reading_rules(project: Project) -> ReadingRules:
    """The project's reading rules, defaults filled in."""
    return _filled(ReadingRules, project.reading_rules)


def learning_rules(project: Project) -> LearningRules:
    """The project's learning rules, defaults filled in."""
    return _filled(LearningRules, project.learning_rules)


def _filled(kind: Any, stored: dict[str, Any]) -> Any:
    known = {one.name for one in fields(kind)}
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
    _check_quotas(merged.get("quotas", {}))
    return merged


def _check_quotas(quotas: dict[str, float]) -> None:
    for name in quotas:
        attribute, _, value = name.partition(":")
        if attribute not in QUOTA_GROUPS or not value:
            raise RuleOutOfRange(
                f"A quota names one of {', '.join(QUOTA_GROUPS)} and a value, as in sex:F."
            )
    shares = list(quotas.values())
    if any(not 0.0 <= share <= 1.0 for share in shares):
        raise RuleOutOfRange("A quota is a share of a batch, between 0 and 1.")
