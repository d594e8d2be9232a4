"""The query strategies, in words for the person who chooses one."""

from typing import Any

from collimate.ml.strategies import QueryStrategy

S = QueryStrategy
WORDS: dict[QueryStrategy, tuple[str, str, str]] = {
    S.RARE_AWARE_HERDING: (
        "Rare-aware herding",
        "Uncertainty herding that asks for what is unlike too while answers are rare. The default.",
        "Bae et al., ICLR 2025; Cardoso et al., Information Sciences 2017",
    ),
    S.UNCERTAINTY_HERDING: (
        "Uncertainty herding",
        "Asks for cases that stand for most of what the model is unsure of.",
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
    S.POWER_MARGIN: (
        "Power margin",
        "Margin with chance mixed in: varied batches at no cost.",
        "Kirsch et al., TMLR 2023, arXiv 2106.12059",
    ),
    S.BALD: (
        "BALD",
        "Asks where versions of the model are each sure and disagree.",
        "Houlsby et al., 2011, arXiv 1112.5745",
    ),
    S.POWER_BALD: (
        "Power BALD",
        "BALD with chance mixed in, for batches that do not ask the same thing twice.",
        "Kirsch et al., TMLR 2023, arXiv 2106.12059",
    ),
    S.BADGE: (
        "BADGE",
        "Asks for cases whose answers would change the model much and differently.",
        "Ash et al., ICLR 2020, arXiv 1906.03671",
    ),
    S.DROP_QUERY: (
        "DropQuery",
        "Asks, spread over the pool, where the answer changes when features go missing.",
        "Gupte et al., TMLR 2024",
    ),
    S.DIRECT: (
        "DIRECT",
        "Asks around the border of every class in turn; for rare classes.",
        "Nuggehalli et al., ICML 2025, arXiv 2312.09196",
    ),
    S.V_OPTIMAL: (
        "V-optimal",
        "Asks where answers would steady the model most; finds rare classes early.",
        "Yu et al., ICML 2006",
    ),
    S.RETRIEVAL: (
        "Retrieval",
        "Follows known positives of rare classes to their neighbours, herds with the rest.",
        "Coleman et al., AAAI 2022, arXiv 2007.00077",
    ),
    S.CLASP_PE: (
        "ClaSP PE",
        "Asks in every class by turns where the mask is doubtful. The default for masks.",
        "TMLR 2026, arXiv 2601.13677",
    ),
    S.CLASS_BALANCED_DETECTION: (
        "Class-balanced detection",
        "Asks for doubtful boxes of every class, never the same scene twice.",
        "Yang et al., CVPR 2024, arXiv 2211.11612",
    ),
    S.FOREGROUND_RANDOM: (
        "Foreground random",
        "Asks at random, a third of it where something is to be seen: the fair baseline for masks.",
        "Luth et al., TMLR 2025, arXiv 2511.19183",
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
