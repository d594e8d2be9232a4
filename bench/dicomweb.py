"""One standard DICOMweb load on Orthanc and Collimate, in turn, printed as ratios.

    python bench/dicomweb.py [--quick] [--parts store read search train] [--passes 5] [--json FILE]

What each line means and what is unequal between the two stands in bench/README.md.
"""

import argparse
import json
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parent))

from http_load import Line, Outcome, get, post, run_load
from images import BOUNDARY, bodies
from report import Measured, Results, table
from servers import Server, find_orthanc, orthanc_version, start_collimate, start_orthanc
from training import training

from studies import fill_project

FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
STOW = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


@dataclass
class Size:
    """How much is sent and asked in each pass."""

    passes: int = 5
    instances: int = 400
    together: int = 10
    single: int = 200
    many: int = 600
    repeats: int = 40
    pages: int = 160
    studies: tuple[int, ...] = (20, 2_000, 100_000)
    light: int = 1_000
    minutes: float = 11.0


PARTS = ["store", "read", "search", "train"]
QUICK = Size(1, 100, 10, 60, 160, 20, 48, (20, 200, 20_000), 400, 2.5)
TRAINED_ON = 80


class Bench:
    """The servers, what was measured of them, and where their instances are."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.results: Results = {}
        self.facts: dict[str, str] = {}

    def passes(self, name: str, share: float) -> Iterator[int]:
        """The numbers of the passes; fewer where this share of the time is used up."""
        for number in range(self.size.passes):
            if number and time.perf_counter() - BEGAN > share * 60 * self.size.minutes:
                self.facts[f"passes of {name}"] = f"{number} (a busy machine)"
                return
            yield number

    def measure(
        self, name: str, server: Server, requests: list[bytes], clients: int, units: int = 1,
        good: frozenset[int] = frozenset({200}),
    ) -> Outcome:  # fmt: skip
        """Run one load and note it under a name."""
        before = server.cpu_s()
        outcome = run_load(server.port, requests, clients, good=good)
        took = server.cpu_s() - before
        self.results.setdefault(name, {}).setdefault(server.name, Measured()).add(
            outcome, took, units
        )
        return outcome


def ask_json(server: Server, path: str) -> list[dict[str, dict[str, list[str]]]]:
    """The objects of one answer."""
    request = urllib.request.Request(
        f"http://localhost:{server.port}{server.root}{path}",
        headers={**server.headers, "Accept": "application/dicom+json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return orjson.loads(answer.read() or b"[]")


def first(element: dict[str, dict[str, list[str]]], tag: str) -> str:
    """The first value of an attribute."""
    return str(element[tag]["Value"][0])


def store(bench: Bench, server: Server, start: int) -> None:
    """Send instances from four clients; wait until all can be searched."""
    size = bench.size
    headers = {**server.headers, "Content-Type": STOW, "Accept": "application/dicom+json"}
    path = f"{server.root}/studies"
    asked = {**headers, "Prefer": "respond-async"}
    requests = [
        post(path, asked, body) for body in bodies(start, size.instances, together=size.together)
    ]
    good = frozenset({200, 202})
    cpu, began = server.cpu_s(), time.perf_counter()
    bench.measure("STOW, until answered", server, requests, 4, size.together, good)
    while visible(server) < start + size.instances:
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    done = Outcome(seconds, [seconds] * size.instances, 0)
    table = bench.results.setdefault("STOW, until searchable", {})
    table.setdefault(server.name, Measured()).add(done, server.cpu_s() - cpu)


def visible(server: Server) -> int:
    """How many instances can be found."""
    return sum(int(first(one, "00201208")) for one in ask_json(server, "/studies?limit=1000"))


def series_of(server: Server) -> list[str]:
    """The addresses of all series, without the host."""
    return [
        f"{server.root}/studies/{first(one, '0020000D')}/series/{first(one, '0020000E')}"
        for study in ask_json(server, "/studies?limit=1000")
        for one in [study | ask_json(server, f"/studies/{first(study, '0020000D')}/series")[0]]
    ]


def instances_of(server: Server, series: list[str]) -> list[str]:
    """The addresses of all instances of some series."""
    found = []
    for address in series:
        for one in ask_json(server, address.removeprefix(server.root) + "/instances"):
            found.append(f"{address}/instances/{first(one, '00080018')}")
    return found


def read(bench: Bench, server: Server, number: int, series: list[str], images: list[str]) -> None:
    """One pass of everything that is read."""
    size = bench.size
    chosen = random.Random(number).choices(images, k=max(size.single, size.many))
    frames = [get(f"{one}/frames/1", {**server.headers, "Accept": FRAMES}) for one in chosen]
    bench.measure("frames/1, 1 client", server, frames[: size.single], 1)
    bench.measure("frames/1, 16 clients", server, frames[: size.many], 16)
    described = {**server.headers, "Accept": "application/dicom+json", "Accept-Encoding": "gzip"}
    share = max(1, len(series) // size.passes)
    fresh = series[number * share : (number + 1) * share]
    asked = [get(f"{one}/metadata", described) for one in fresh]
    bench.measure("series metadata, first", server, asked, 1)
    bench.measure("series metadata, repeated", server, (asked * size.repeats)[: size.repeats], 1)
    few = images[:: max(1, len(images) // size.repeats)][: size.repeats]
    for name, path in (("rendered", "rendered"), ("thumbnail", thumbnail_path(server))):
        asked = [get(f"{one}/{path}", {**server.headers, "Accept": "image/jpeg"}) for one in few]
        run_load(server.port, asked, 2)
        bench.measure(f"{name}, once made", server, asked * 3, 2)


def thumbnail_path(server: Server) -> str:
    """Orthanc's plugin of this age has no thumbnails; a small rendered picture stands for them."""
    return "thumbnail" if server.name == "Collimate" else "rendered?viewport=256,256"


def search(bench: Bench, server: Server, root: str, count: int) -> None:
    """Pages of 50 studies."""
    headers = {**server.headers, "Accept": "application/dicom+json"}
    pages = bench.size.pages if server.name == "Collimate" else bench.size.pages // 4
    asked = [get(f"{root}/studies?limit=50", headers)] * pages
    bench.measure(f"QIDO, 50 of {count:,} studies", server, asked, 8)


def light_while_busy(bench: Bench, server: Server, images: list[str]) -> None:
    """A search for one study while others have pictures drawn with windows nobody asked for yet."""
    stop = threading.Event()

    def draw(seed: int) -> None:
        numbers, line = random.Random(f"{seed} {time.time()}"), Line("127.0.0.1", server.port)
        while not stop.is_set():
            window = (
                f"window={numbers.uniform(-500, 500):.4f},{numbers.uniform(200, 900):.4f},linear"
            )
            line.ask(get(f"{numbers.choice(images)}/rendered?{window}",
                         {**server.headers, "Accept": "image/jpeg"}))  # fmt: skip
        line.close()

    drawing = [threading.Thread(target=draw, args=(seed,)) for seed in range(2)]
    for thread in drawing:
        thread.start()
    ask_lightly(bench, server, "light request while drawing", bench.size.single)
    stop.set()
    for thread in drawing:
        thread.join()


def ask_lightly(bench: Bench, server: Server, name: str, count: int) -> None:
    """One client that searches for one study, again and again."""
    headers = {**server.headers, "Accept": "application/dicom+json"}
    asked = [get(f"{server.root}/studies?limit=1", headers)] * count
    bench.measure(name, server, asked, 1)


def light_while_training(bench: Bench, folder: Path, collimate: Server, project_id: str) -> None:
    """The same beside an idle machine and beside a training job of Collimate's own worker."""
    send_small_studies(collimate, TRAINED_ON, size=256)
    ask_lightly(bench, collimate, "light request, nothing else", bench.size.light)
    with training(folder, project_id):
        for _ in bench.passes("training", 1.0):
            ask_lightly(bench, collimate, "light request while training", bench.size.light)
    say("trained")


def send_small_studies(server: Server, count: int, *, size: int = 16) -> None:
    """Many studies of one small instance."""
    headers = {**server.headers, "Content-Type": STOW, "Accept": "application/dicom+json"}
    asked = [
        post(f"{server.root}/studies", headers, body)
        for body in bodies(0, count, size=size, together=20, slices=1)
    ]
    run_load(server.port, asked, 4, good=frozenset({200, 202}))


def in_turn(servers: list[Server], number: int) -> list[Server]:
    """The order of a pass: who begins changes."""
    return servers if number % 2 == 0 else servers[::-1]


def run(bench: Bench, folder: Path, program: str | None, parts: list[str]) -> None:
    """Start, load, stop."""
    size = bench.size
    collimate, project_id = start_collimate(folder / "collimate")
    servers: list[Server] = [collimate]
    try:
        if program:
            bench.facts["Orthanc"] = orthanc_version(program)
            servers.insert(0, start_orthanc(program, folder / "orthanc"))
        for number in bench.passes("storing", 0.45):
            for server in in_turn(servers, number):
                store(bench, server, number * size.instances)
        say("stored")
        if parts == ["store"]:
            return
        series = {one.name: series_of(one) for one in servers}
        images = {one.name: instances_of(one, series[one.name]) for one in servers}
        for number in bench.passes("reading", 0.8) if "read" in parts else ():
            for server in in_turn(servers, number):
                read(bench, server, number, series[server.name], images[server.name])
                light_while_busy(bench, server, images[server.name])
        say("read")
        if "search" in parts:
            search_at_sizes(bench, folder, servers, project_id, program)
        if "train" in parts:
            light_while_training(bench, folder, collimate, project_id)
        for server in servers:
            bench.facts[f"resident memory of {server.name}"] = f"{server.memory_mb():.0f} MB"
    finally:
        for server in servers:
            server.stop()


def search_at_sizes(
    bench: Bench, folder: Path, servers: list[Server], project_id: str, program: str | None
) -> None:
    """Searches in few, many and very many studies; Orthanc is not filled with the very many."""
    (collimate,) = (one for one in servers if one.name == "Collimate")
    address = os.environ["COLLIMATE_DATABASE_URL"]
    for place, count in enumerate(bench.size.studies):
        root = f"/dicomweb/{fill_project(address, count, project_id)}"
        pair = [collimate]
        if program and place < 2:
            pair.insert(0, start_orthanc(program, folder / f"orthanc-{count}"))
            send_small_studies(pair[0], count)
        try:
            for number in bench.passes(f"searching {count:,}", 1.0):
                for server in in_turn(pair, number):
                    at = root if server is collimate else server.root
                    search(bench, server, at, count)
        finally:
            if len(pair) == 2:
                pair[0].stop()
        say(f"searched in {count:,}")


def say(text: str) -> None:
    """Progress, beside the table."""
    print(f"… {text}, {time.perf_counter() - BEGAN:.0f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small pass, under three minutes")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="only these; storing comes first"
    )
    parser.add_argument("--passes", type=int, help="how often everything is repeated")
    parser.add_argument("--json", type=Path, help="write every figure there as well")
    parser.add_argument("--folder", type=Path, help="where the servers keep their data meanwhile")
    chosen = parser.parse_args()
    # whoever ends this run ends the servers with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    size = QUICK if chosen.quick else Size()
    size.passes = chosen.passes or size.passes
    bench = Bench(size)
    bench.facts["date"] = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    bench.facts["machine"] = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}"
    bench.facts["load average before"] = " ".join(f"{one:.1f}" for one in os.getloadavg())
    program = find_orthanc()
    if program is None:
        print("Orthanc is not here and cannot be installed: Collimate alone.", file=sys.stderr)
    folder = Path(tempfile.mkdtemp(prefix="collimate-bench-", dir=chosen.folder))
    try:
        run(bench, folder, program, chosen.parts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        report(bench, chosen.json)


def report(bench: Bench, path: Path | None) -> None:
    """Say what was measured, also when it broke off."""
    bench.facts["load average after"] = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        table(bench.results),
        "",
        *(f"- {name}: {text}" for name, text in bench.facts.items()),
        sep="\n",
    )
    if path:
        figures = {
            name: {server: vars(found) for server, found in servers.items()}
            for name, servers in bench.results.items()
        }
        path.write_text(json.dumps({"facts": bench.facts, "figures": figures}, indent=1))


BEGAN = time.perf_counter()
if __name__ == "__main__":
    main()
