"""How far readers of the same case agree beyond chance; pure functions on label lists."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's kappa of two readers over the same cases (Cohen 1960); None where undefined.

    Raises:
        ValueError: the lists differ in length.
    """
    if len(first) != len(second):
        raise ValueError("Both readers must have read the same cases.")
    n = len(first)
    if n == 0:
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    count_first, count_second = Counter(first), Counter(second)
    expected = sum(count_first[key] * count_second[key] for key in count_first) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss_kappa(cases: Sequence[Sequence[str]]) -> float | None:
    """Fleiss' kappa of cases each read the same number of times (Fleiss 1971); None if undefined.

    Raises:
        ValueError: cases read a different number of times.
    """
    if not cases:
        return None
    reads = len(cases[0])
    if any(len(case) != reads for case in cases):
        raise ValueError("Each case must have been read the same number of times.")
    if reads < 2:
        return None
    totals = Counter(label for case in cases for label in case)
    within = [
        (sum(count**2 for count in Counter(case).values()) - reads) / (reads * (reads - 1))
        for case in cases
    ]
    observed = sum(within) / len(cases)
    expected = sum((total / (len(cases) * reads)) ** 2 for total in totals.values())
    return None if expected == 1 else (observed - expected) / (1 - expected)


def raw_agreement(cases: Sequence[Sequence[str]]) -> float | None:
    """The share of pairs of reads of the same case that say the same; None without any pair."""
    pairs = [(a, b) for case in cases for a, b in combinations(case, 2)]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else None


def mean_difference(cases: Sequence[Sequence[float]]) -> float | None:
    """The mean distance of two reads of the same case, in the number's unit; None without pairs."""
    distances = [abs(a - b) for case in cases for a, b in combinations(case, 2)]
    return sum(distances) / len(distances) if distances else None
