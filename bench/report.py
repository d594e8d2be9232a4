"""What was measured, and the table it becomes."""

import statistics
from dataclasses import dataclass, field

from http_load import Outcome


@dataclass
class Measured:
    """Rate, processor milliseconds a request, and p50 and p99 in milliseconds, one per pass."""

    rate: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)

    def add(self, outcome: Outcome, cpu_s: float, units: int = 1) -> None:
        """One pass; `units` instances to a request."""
        if outcome.wrong:
            raise SystemExit(f"wrong answer: {outcome.wrong[0]}")
        count = len(outcome.latencies) * units
        self.rate.append(count / outcome.seconds)
        self.cpu_ms.append(1000 * cpu_s / count)
        self.p50_ms.append(1000 * outcome.percentile(0.5))
        self.p99_ms.append(1000 * outcome.percentile(0.99))

    def medians(self) -> dict[str, float]:
        """The median of the passes."""
        return {name: statistics.median(values) for name, values in vars(self).items()}


Results = dict[str, dict[str, Measured]]


def table(results: Results) -> str:
    """The results as Markdown; ratios are Collimate to Orthanc, above 1 is better."""
    lines = [
        "| load | Orthanc: per s, p50/p99 ms, CPU-ms | Collimate: per s, p50/p99 ms, CPU-ms "
        "| rate × | CPU × |",
        "|---|---|---|---|---|",
    ]
    for name, servers in results.items():
        cells = {}
        for server in ("Orthanc", "Collimate"):
            found = servers[server].medians() if server in servers else None
            cells[server] = found
        ours, theirs = cells["Collimate"], cells["Orthanc"]
        rate = f"{ours['rate'] / theirs['rate']:.2f}" if ours and theirs else "–"
        counted = ours and theirs and ours["cpu_ms"]
        cpu = f"{theirs['cpu_ms'] / ours['cpu_ms']:.2f}" if counted else "–"
        lines.append(f"| {name} | {_cell(theirs)} | {_cell(ours)} | {rate} | {cpu} |")
    return "\n".join(lines)


def _cell(found: dict[str, float] | None) -> str:
    if found is None:
        return "–"
    return (
        f"{found['rate']:.0f}, {found['p50_ms']:.1f}/{found['p99_ms']:.1f}, {found['cpu_ms']:.2f}"
    )
