"""How many labels each way of choosing needs for the same quality.

Patients never on both sides, the same first labels and the same recipe for every arm, the score
on a test set nobody learns from. Once features are made the quick run takes about ten minutes on
two cores, `--full` an evening and more. Results go to docs/benchmarks.md and, in full, to a JSON
file.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

# One thread per process: two processes then share two cores evenly.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from active import arms, data, report
from active.run import Course, Run, full_score, oracle, play

HERE = Path(__file__).resolve().parent
COURSES = {
    "chest X-ray": Course(20, 20, 300),
    # by 300 random order had reached 95 % in seven of twenty seeds only
    data.DIVIDED: Course(20, 20, 600),
    data.ENCODED: Course(20, 20, 600),
    # told apart so soon that batches of 20 would hide how soon
    data.PNEUMONIA: Course(10, 10, 300),
    data.RARE: Course(10, 10, 300),
    # of a pool of 631 hardly any arm came to 95 % within 300
    "synthetic chest X-ray": Course(20, 20, 600),
    "digits": Course(10, 10, 200),
    "digits, half of them rare": Course(20, 10, 200),
    data.MASKS: Course(10, 10, 120),
}
QUICK_POOLS = ["chest X-ray", data.MASKS, "digits"]
FULL_POOLS = list(COURSES)
SEEDS = {False: 20, True: 50}
ORACLE_SEEDS = {False: 1, True: 3}
MASK_SEEDS = {False: 2, True: 20}
_pools: dict[str, object] = {}


def main() -> int:
    """Run what is asked for, resuming from the JSON file."""
    options = _options()
    names = options.pools or (FULL_POOLS if options.full else QUICK_POOLS)
    seeds = options.seeds or SEEDS[options.full]
    # Arms that are asked for by name are looked for among all of them.
    full = options.full or options.arms is not None
    missing = [name for name in names if not data.is_here(name)]
    for name in missing:
        print(f"{name}: its images are not on this machine, left out")
    names = [name for name in names if name not in missing]
    for name in names:
        print(f"{name}: features", flush=True)
        for part in data.parts(name):
            data.pool(part)
    kept = _kept(options.json) if options.resume else {}
    wanted = [job for job in _wanted(names, seeds, full) if _is_asked(job[1], options.arms)]
    started = time.monotonic()
    left = [job for job in wanted if job[:3] not in kept]
    print(f"{len(left)} runs on {options.processes} processes", flush=True)
    with ProcessPoolExecutor(options.processes) as workers:
        jobs = {workers.submit(_one, *job): job for job in left}
        for number, done in enumerate(as_completed(jobs), 1):
            name, arm, seed, _ = jobs[done]
            if done.exception() is None:
                kept[name, arm, seed] = done.result()
                _keep(options.json, kept)
            else:
                print(f"  {name}, {arm}, seed {seed} failed: {done.exception()!r}", flush=True)
            if number % 20 == 0 or number == len(jobs):
                print(f"  {number} of {len(jobs)}, {time.monotonic() - started:.0f} s", flush=True)
        parts = [part for name in names for part in data.parts(name)]
        fulls = {part: [workers.submit(_full, part, seed) for seed in range(3)] for part in parts}
        whole = {part: sum(f.result() for f in found) / 3 for part, found in fulls.items()}
    # An arm that fails is left out and said above; the others are still compared.
    runs = [kept[job[:3]] for job in wanted if job[:3] in kept]
    results = [_result(name, whole, runs) for name in names]
    text = report.section(results, _about(options.full, time.monotonic() - started))
    print(text)
    if options.write:
        report.put(text, HERE.parent / "docs" / "benchmarks.md")
    return 0


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full", action="store_true", help="all arms, all pools, 50 seeds")
    asked.add_argument("--quick", action="store_true", help="the default")
    asked.add_argument("--pools", nargs="*", choices=FULL_POOLS)
    asked.add_argument("--seeds", type=int)
    asked.add_argument("--arms", nargs="*", help="only arms whose names hold one of these")
    asked.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    asked.add_argument("--json", type=Path, default=data.CACHE / "active_learning.json")
    asked.add_argument("--resume", action="store_true", help="keep runs that are in the JSON file")
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return asked.parse_args()


def _wanted(names: list[str], seeds: int, full: bool) -> list[tuple[str, str, int, bool]]:
    jobs = []
    for name in names:
        is_mask = name == data.MASKS
        count = min(seeds, MASK_SEEDS[full]) if is_mask else seeds
        ceilings = min(seeds, ORACLE_SEEDS[full])
        chosen = [arm.name for arm in _arms(name, full)]
        if not is_mask:
            chosen.append("oracle of 20 batches")
        for seed in range(count):
            jobs += [
                (name, arm, seed, full)
                for arm in chosen
                if arm != "oracle of 20 batches" or seed < ceilings
            ]
    return jobs


def _is_asked(arm: str, parts: list[str] | None) -> bool:
    """Random and Collimate always run: the table compares with them."""
    is_needed = arm == "random" or arm.startswith("Collimate")
    return parts is None or is_needed or any(part in arm for part in parts)


def _arms(name: str, full: bool) -> list[arms.Arm]:
    if name == data.MASKS:
        return arms.MASKS_FULL if full else arms.MASKS
    return arms.FULL if full else arms.QUICK


def _known(name: str):
    if name not in _pools:
        _pools[name] = data.pool(name)
    return _pools[name]


def _one(name: str, arm_name: str, seed: int, full: bool) -> Run:
    known = _known(_part(name, seed))
    if arm_name == "oracle of 20 batches":
        return oracle(known, name, seed, COURSES[name])
    arm = next(arm for arm in _arms(name, full) if arm.name == arm_name)
    return play(known, name, arm, seed, COURSES[name])


def _part(name: str, seed: int) -> str:
    parts = data.parts(name)
    return parts[seed % len(parts)]


def _full(name: str, seed: int) -> float:
    return full_score(_known(name), seed)


def _result(name: str, full: dict[str, float], runs: list[Run]) -> dict:
    pools, course = [_known(part) for part in data.parts(name)], COURSES[name]
    scores = [full[part] for part in data.parts(name)]
    return {
        "pool": name,
        "full": _span(scores, "{:.3f}"),
        "metric": "Dice by patient" if pools[0].masks is not None else "macro recall",
        "pool_count": _span([len(known.pool) for known in pools], "{}"),
        "test_count": _span([int(known.is_holdout.sum()) for known in pools], "{}"),
        "course": f"Start {course.start}, batches of {course.batch}, at most {course.cap}",
        "runs": [
            replace(run, full=full[_part(name, run.seed)]) for run in runs if run.pool == name
        ],
    }


def _span(values: list, shown: str) -> str:
    low, high = shown.format(min(values)), shown.format(max(values))
    return low if low == high else f"{low} to {high}"


def _kept(path: Path) -> dict[tuple[str, str, int], Run]:
    if not path.exists():
        return {}
    rows = [
        Run(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in json.loads(path.read_text())
    ]
    return {(run.pool, run.arm, run.seed): run for run in rows}


def _keep(path: Path, kept: dict[tuple[str, str, int], Run]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps([run.as_dict() for run in kept.values()]))
    draft.replace(path)


def _about(full: bool, seconds: float) -> str:
    return f"""
`make bench-active-learning` ({"full" if full else "quick"} run, {seconds / 60:.0f} minutes here).
Every arm starts from the same random labels (arms marked with a start or control of their own do
not), learns by the same recipe (frozen features, calibrated linear head; for masks trees over
pixels) and is measured on the same patients. Labels are medians over seeds; (n/m) says how many
seeds got there. Ratios are geometric means over seeds, with 95 % bootstrap intervals; a run that
never got there counts as its last label, which flatters whoever missed. P-values are Wilcoxon's
on the area under the curve, Holm-corrected within a pool. The last column is the column mean of
the pairwise penalty matrix: the share of rounds, over all opponents, in which an arm is
significantly beaten (paired t-test, 0.05; lower is better). The oracle looks at the test set and
is a ceiling, with few seeds. Minutes
are by the replay's cost model: ten seconds a case; for masks fifteen seconds and the outline.
"""


if __name__ == "__main__":
    sys.exit(main())
