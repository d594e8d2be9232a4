"""What a project teaches: answers, masks or boxes. One row per kind; the loop is the same."""

from dataclasses import dataclass
from enum import StrEnum

from collimate.ml.strategies import DEFAULT_STRATEGY, QueryStrategy


class TaskKind(StrEnum):
    """What the model of a project learns to say or draw."""

    CLASSIFICATION = "classification"
    SEGMENTATION = "segmentation"
    DETECTION = "detection"


@dataclass(frozen=True)
class KindRow:
    """How one kind differs: the labels it learns, its score, and the strategies that suit it.

    `content` is where a submission keeps what was drawn. A project's strategy that does not suit
    (it needs the probability of an answer) gives way to `strategy`.
    """

    label_kind: str
    content: str
    metric: str
    strategy: QueryStrategy
    suits: frozenset[QueryStrategy]

    def chosen(self, wanted: QueryStrategy) -> QueryStrategy:
        """The strategy that serves where `wanted` stands in the project's rules."""
        return wanted if wanted in self.suits else self.strategy


_BY_LOOKS = frozenset(
    {
        QueryStrategy.RANDOM,
        QueryStrategy.RANDOM_BY_SITE,
        QueryStrategy.MAX_HERDING,
        QueryStrategy.TYPICLUST,
        QueryStrategy.CORE_SET,
        QueryStrategy.FOREGROUND_RANDOM,
    }
)
KINDS: dict[TaskKind, KindRow] = {
    TaskKind.CLASSIFICATION: KindRow(
        "class", "answer", "macro recall", DEFAULT_STRATEGY, frozenset(QueryStrategy)
    ),
    TaskKind.SEGMENTATION: KindRow(
        "segment", "segments", "mean Dice", QueryStrategy.CLASP_PE,
        _BY_LOOKS | {QueryStrategy.CLASP_PE},
    ),
    TaskKind.DETECTION: KindRow(
        "box", "marks", "mean F1 of boxes", QueryStrategy.CLASS_BALANCED_DETECTION,
        _BY_LOOKS | {QueryStrategy.CLASS_BALANCED_DETECTION},
    ),
}  # fmt: skip
