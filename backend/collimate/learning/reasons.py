"""Why a case was asked for, in words for the one who reads it."""

import numpy as np

from collimate.learning.labels import Question
from collimate.ml.batches import Pick, Reason

PLAIN = {
    Reason.CONTROL: "control: drawn at random",
    Reason.RANDOM: "drawn at random",
    Reason.UNFAMILIAR: "unlike anything read so far",
    Reason.TYPICAL: "stands for many cases like it",
}


def say(pick: Pick, question: Question | None, probabilities: np.ndarray | None) -> str:
    """The reason for a pick; `probabilities` are those of its study, or of the series or image that
    is the most doubtful of it.
    """
    if pick.reason is Reason.DOUBTFUL_REGION and question is not None:
        drawn = question.names[question.keys[int(pick.parts["first_class"])]]
        return f"uncertain where {drawn} is"
    if pick.reason in PLAIN or question is None or probabilities is None:
        return PLAIN.get(pick.reason, PLAIN[Reason.TYPICAL])
    names = [question.names[key] for key in question.keys]
    if question.is_multi:
        return f"uncertain: {names[int(np.abs(probabilities - 0.5).argmin())]} or not"
    order = np.argsort(-probabilities, kind="stable")
    first = names[int(order[0])]
    if pick.reason is Reason.RARE_CLASS:
        return f"perhaps {first}: few read so far"
    return f"uncertain: {first} or {names[int(order[1])]}"
