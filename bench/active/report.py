"""The results as a section of docs/benchmarks.md, whatever they say."""

from pathlib import Path

import numpy as np

from active.judge import against, area, holm, interval, penalties, ratio, reach
from active.run import Run

START, END = "<!-- active-learning:start -->", "<!-- active-learning:end -->"
SHARES = (0.90, 0.95, 0.99)
PEERS = ("scikit-activeml", "modAL", "rule of MONAI Label")


def section(results: list[dict], about: str) -> str:
    """The whole section; `results` holds a pool's name, full score, counts and runs."""
    parts = [START, "## Active learning: labels to reach the same quality", "", about.strip(), ""]
    parts += [*_summary(results), ""]
    for result in results:
        parts += [*_pool(result), ""]
    return "\n".join([*parts, END])


def put(text: str, path: Path, ends: tuple[str, str] = (START, END)) -> None:
    """Replace the section between two marks, in a file that others write to as well."""
    before = path.read_text() if path.exists() else "# Benchmarks\n"
    start, end = ends
    if start in before:
        head, rest = before.split(start, 1)
        path.write_text(head + text + rest.split(end, 1)[1])
    else:
        path.write_text(before.rstrip() + "\n\n" + text + "\n")


def _summary(results: list[dict]) -> list[str]:
    """What a project does beside random order and the best of the peers, a line for each pool."""
    lines = [
        "| Pool | score with every label | random order: labels to 95 % | Collimate | of random's "
        "| p by mean score | fewest labels of a peer, of random's |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        runs = _by_arm(result)
        random = runs["random"]
        own = next(found for name, found in runs.items() if name.startswith("Collimate"))
        peers = [found for name, found in runs.items() if name.startswith(PEERS)]
        best = min(peers, key=lambda found: ratio(found, random, 0.95).mean, default=None)
        beside = "" if best is None else f"{best[0].arm}: {_ratio(best, random, 0.95)}"
        lines.append(
            f"| {result['pool']} | {result['full']} | {_needed(random, 0.95)} "
            f"| {_needed(own, 0.95)} | **{_ratio(own, random, 0.95)}** "
            f"| {_p(against(own, random))} | {beside} |"
        )
    return lines


def _by_arm(result: dict) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {}
    for run in result["runs"]:
        runs.setdefault(run.arm, []).append(run)
    return runs


def _pool(result: dict) -> list[str]:
    runs = _by_arm(result)
    random = runs["random"]
    seeds = len(random)
    # Only masks take a different time each.
    is_timed = "Dice" in result["metric"]
    lines = [
        f"### {result['pool']}",
        "",
        f"Pool {result['pool_count']}, test {result['test_count']}, patients on one side only; "
        f"{result['metric']} {result['full']} with every label. {result['course']}. {seeds} seeds.",
        "",
        "| Arm | labels to 90 % | to 95 % | to 99 % "
        "| of random's labels to 90 % | to 95 % | to 99 % "
        f"| {'of its minutes to 95 % | ' if is_timed else ''}mean score | p against random "
        "| beaten by others |",
        "|" + " --- |" * (11 if is_timed else 10),
    ]
    # The oracle is a ceiling, played with few seeds: it takes no part in the tests.
    arms = {name: own for name, own in runs.items() if not name.startswith("oracle")}
    p_values = holm({name: against(own, random) for name, own in arms.items() if name != "random"})
    beaten = penalties(arms)
    order = sorted(runs, key=lambda name: -np.mean([area(run) for run in runs[name]]))
    for name in order:
        own = runs[name]
        lines.append(
            f"| {name} | "
            + " | ".join(_needed(own, share) for share in SHARES)
            + "".join(f" | {_ratio(own, random, share)}" for share in SHARES)
            + (f" | {_ratio(own, random, 0.95, minutes=True)}" if is_timed else "")
            + f" | {_area(own)} | {_p(p_values.get(name))} | {_share(beaten.get(name))} |"
        )
    return [*lines, *_against_collimate(arms)]


def _against_collimate(arms: dict[str, list[Run]]) -> list[str]:
    """The product beside every other arm, seed by seed."""
    name = next(name for name in arms if name.startswith("Collimate"))
    others = {arm: runs for arm, runs in arms.items() if arm != name}
    p_values = holm({arm: against(arms[name], runs) for arm, runs in others.items()})
    lines = [
        "", f"{name} beside the others (mean score, paired by seed; above 0 it is ahead):", "",
        "| Other arm | difference | Holm-corrected p |", "| --- | --- | --- |",
    ]  # fmt: skip
    for arm, runs in others.items():
        areas = {run.seed: area(run) for run in runs}
        mean, low, high = interval([area(run) - areas[run.seed] for run in arms[name]])
        lines.append(f"| {arm} | {mean:+.3f} [{low:+.3f}, {high:+.3f}] | {_p(p_values[arm])} |")
    return lines


def _needed(runs: list[Run], share: float) -> str:
    found = [reach(run, share) for run in runs]
    reached = [value for value in found if value is not None]
    if 2 * len(reached) <= len(found):
        return f"not reached ({len(reached)}/{len(found)})"
    ordered = sorted(np.inf if value is None else value for value in found)
    note = "" if len(reached) == len(found) else f" ({len(reached)}/{len(found)})"
    return f"{np.median(ordered):.0f}{note}"


def _ratio(own: list[Run], random: list[Run], share: float, *, minutes: bool = False) -> str:
    if own[0].arm == "random":
        return "1"
    found = ratio(own, random, share, minutes=minutes)
    return "" if found is None else f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _area(runs: list[Run]) -> str:
    mean, low, high = interval([area(run) for run in runs])
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
