"""Which split a patient belongs to: a pure function of the patient's keyed hash."""

from dataclasses import dataclass

from collimate.kit.errors import Unprocessable

SPLITS = ("train", "validation", "test")


class SplitSharesWrong(Unprocessable):
    """The shares of the splits do not add up to one."""


@dataclass(frozen=True)
class SplitShares:
    """How much of the patients goes to each split."""

    train: float = 0.7
    validation: float = 0.1
    test: float = 0.2

    def check(self) -> None:
        """Refuse shares that are negative or do not add up to 1.

        Raises:
            SplitSharesWrong
        """
        shares = (self.train, self.validation, self.test)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
            raise SplitSharesWrong("Train, validation and test must add up to 1.")


def fraction(keyed_hash: str) -> float:
    """The patient's fixed place in [0, 1), the same in every project and at every time."""
    return int(keyed_hash[:13], 16) / 16**13


def split_of(keyed_hash: str, is_holdout: bool, shares: SplitShares) -> str:
    """The split of a patient; the hold-out is always test.

    Test lies at the low end, where a project's hold-out lies too, then validation, then train: a
    share that changes moves only the patients at its edge.
    """
    place = fraction(keyed_hash)
    if is_holdout or place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"
