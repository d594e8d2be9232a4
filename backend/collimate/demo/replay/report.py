"""Telling the outcome of a replay: a table, a picture, a file."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from collimate.demo.replay.curves import Curve
from collimate.demo.replay.statistics import (
    TARGETS,
    Difference,
    Reached,
    area,
    band,
    difference,
    reached,
)

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


@dataclass(frozen=True)
class Outcome:
    """Every curve, and the score of a model that learned from everything."""

    full: float
    pool_count: int
    holdout_count: int
    batch_size: int
    curves: tuple[Curve, ...]
    baseline: str = "random"
    metric: str = "macro recall on the hold-out"
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def strategies(self) -> list[str]:
        """The strategies in the order they were asked for."""
        return list(dict.fromkeys(curve.strategy for curve in self.curves))

    def of(self, strategy: str) -> list[Curve]:
        """The curves of one strategy."""
        return [curve for curve in self.curves if curve.strategy == strategy]


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Everything measured, as plain values."""
    return {
        "full_data_score": outcome.full,
        "pool_count": outcome.pool_count,
        "holdout_count": outcome.holdout_count,
        "batch_size": outcome.batch_size,
        "metric": outcome.metric,
        "unusable_pictures": outcome.refused,
        "strategies": [
            {
                "strategy": name,
                "reached": [asdict(item) for item in _reached(outcome, name)],
                "areas": [area(curve) for curve in outcome.of(name)],
                "difference": _as_dict(_difference(outcome, name)),
                "runs": [_run(curve) for curve in outcome.of(name)],
            }
            for name in outcome.strategies
        ],
    }


def _run(curve: Curve) -> dict[str, Any]:
    after = zip(curve.label_counts, curve.scores, curve.minutes, strict=True)
    return {
        "seed": curve.seed,
        "batches": [
            {"labels": labels, "metric": score, "minutes": round(minutes, 3)}
            for labels, score, minutes in after
        ],
    }


def _as_dict(item: Difference | None) -> dict[str, Any] | None:
    return None if item is None else asdict(item)


def _reached(outcome: Outcome, name: str) -> list[Reached]:
    return [reached(outcome.of(name), share, outcome.full) for share in TARGETS]


def _difference(outcome: Outcome, name: str) -> Difference | None:
    if name == outcome.baseline:
        return None
    return difference(outcome.of(name), outcome.of(outcome.baseline))


def show(outcome: Outcome, screen: Console) -> None:
    """Print the table."""
    screen.print(
        f"Pool {outcome.pool_count}, hold-out {outcome.holdout_count}; a model that learned from "
        f"the whole pool scores {outcome.full:.3f} ({outcome.metric})."
    )
    for reason, count in outcome.refused.items():
        screen.print(f"{count} pictures were left out: {reason}")
    table = Table(
        "strategy", *(f"labels to {share:.0%}" for share in TARGETS), "mean score",
        f"difference to {outcome.baseline}",
    )  # fmt: skip
    for name in outcome.strategies:
        areas = [area(curve) for curve in outcome.of(name)]
        table.add_row(
            name,
            *(in_words(item) for item in _reached(outcome, name)),
            f"{sum(areas) / len(areas):.3f}",
            _difference_in_words(_difference(outcome, name)),
        )
    screen.print(table)


def in_words(item: Reached) -> str:
    """Median over seeds, smallest to largest, and how many seeds missed it."""
    seeds = len(item.counts)
    if item.median is None:
        return f"not reached by {item.missed} of {seeds}"
    spread = f"{item.low}-{item.high}" if item.high is not None else f"{item.low}-never"
    missed = f", missed by {item.missed} of {seeds}" if item.missed else ""
    return f"{item.median:.0f} ({spread}{missed})"


def _difference_in_words(item: Difference | None) -> str:
    if item is None:
        return ""
    return (
        f"{item.mean:+.3f} [{item.low:+.3f}, {item.high:+.3f}], "
        f"better in {item.better} of {item.pair_count}"
    )


def write_json(outcome: Outcome, path: Path) -> None:
    """Write everything measured to a file."""
    path.write_text(json.dumps(as_json(outcome), indent=1) + "\n")


def plot(outcome: Outcome, path: Path) -> None:
    """Draw median and range over seeds against labels, and the targets."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.4), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, colour in zip(outcome.strategies, COLOURS * 3, strict=False):
        counts, (low, middle, high) = band(outcome.of(name))
        axes.plot(counts, middle, color=colour, marker="o", markersize=3, label=name)
        axes.fill_between(counts, low, high, color=colour, alpha=0.15, linewidth=0)
    for share, style in zip((1.0, *reversed(TARGETS)), ("-", "--", ":"), strict=False):
        label = "all labels" if share == 1.0 else f"{share:.0%} of it"
        axes.axhline(share * outcome.full, color="0.4", linestyle=style, linewidth=1, label=label)
    axes.set_xlabel("labels")
    axes.set_ylabel(outcome.metric)
    axes.grid(color="0.9")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.savefig(path)
