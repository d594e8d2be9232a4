"""How a replay runs, and what a run leaves behind."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Curve:
    """Scores on the hold-out's hidden answers after so many labels and so many minutes."""

    strategy: str
    seed: int
    label_counts: tuple[int, ...]
    scores: tuple[float, ...]
    minutes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Course:
    """Seeds per strategy, labels per batch and at most, steps of training the encoder, and of
    training the network of masks after each batch (0: trees over pixels learn instead).
    """

    seeds: int = 5
    batch_size: int = 20
    cap: int = 400
    encoder_steps: int = 300
    network_steps: int = 0
