"""The query strategies, in words for the person who chooses one."""

from typing import Any

from collimate.ml.strategies import QueryStrategy

S = QueryStrategy
WORDS: dict[QueryStrategy, tuple[str, str, str]] = {
    S.UNCERTAINTY_HERDING: (
        "Uncertainty herding",
        "Asks for cases that stand for most of what the model is unsure of. The default.",
        "Bae et al., ICLR 2025, arXiv 2412.20644",
    ),
    S.MAX_HERDING: (
        "Max herding",
        "Asks for cases that stand for most others; looks at images only.",
        "Bae et al., ECCV 2024",
    ),
    S.MARGIN: (
        "Margin",
        "Asks where the two likeliest answers are close.",
        "Scheffer et al., IDA 2001",
    ),
    S.ENTROPY: (
        "Entropy",
        "Asks where the probabilities are spread most.",
        "Settles, Active learning literature survey, 2009",
    ),
    S.LEAST_CONFIDENCE: (
        "Least confidence",
        "Asks where the likeliest answer is least likely.",
        "Lewis and Gale, SIGIR 1994",
    ),
    S.CORE_SET: (
        "Core set",
        "Asks for the case farthest from everything read; tends to find outliers.",
        "Sener and Savarese, ICLR 2018, arXiv 1708.00489",
    ),
    S.TYPICLUST: (
        "TypiClust",
        "Asks for the most typical case of every cluster; good with very few labels.",
        "Hacohen et al., ICML 2022, arXiv 2202.02794",
    ),
    S.RANDOM_BY_SITE: (
        "Random by site",
        "Asks at random, the same number from every site.",
        "Stratified sampling",
    ),
    S.RANDOM: (
        "Random",
        "Asks at random: what every other strategy is measured against.",
        "Simple random sampling",
    ),
}


def strategies() -> list[dict[str, Any]]:
    """All strategies, the default first."""
    return [
        {"key": key.value, "name": name, "description": description, "paper": paper}
        for key, (name, description, paper) in WORDS.items()
    ]
