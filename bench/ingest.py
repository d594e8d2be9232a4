"""What taking in one CT image of 512 × 512 × 16 bit costs after it was received.

    python bench/ingest.py [--count 60] [--profile]

Receives the images, then drains them in this process, as the worker does, and prints processor
milliseconds by process and SQL statements, each per image.
"""

import argparse
import cProfile
import os
import pstats
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from images import instance, pixels

WARM = 6


def cpu_s(processes: list[psutil.Process]) -> float:
    """Processor seconds of processes and of everything they started, the dead included."""
    return sum(
        sum(one.cpu_times()[:4])
        for top in processes
        for one in [top, *top.children(recursive=True)]
        if one.is_running()
    )


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    os.environ["COLLIMATE_HOME"] = tempfile.mkdtemp(prefix="collimate-bench-")
    os.environ["OMP_NUM_THREADS"] = "1"
    from collimate.embedded.postgres import start_postgres
    from collimate.migrate import migrate

    postgres = start_postgres()
    try:
        migrate()
        measure(chosen.count, chosen.profile, postgres)
    finally:
        from collimate.kit.database import engine
        from collimate.studies.sandbox import close_sandbox

        close_sandbox()
        engine().dispose()
        postgres.stop()


def measure(count: int, is_profiled: bool, postgres) -> None:
    """Drain `count` images and print what one of them cost."""
    from sqlalchemy import event

    from collimate.access import accounts
    from collimate.kit.database import engine, open_session
    from collimate.projects.create import create_project
    from collimate.studies.act import Act, WayIn
    from collimate.studies.drain import ingest_waiting
    from collimate.studies.receive import receive
    from collimate.studies.sandbox import sandbox

    with open_session() as session:
        user, _ = accounts.create_user(
            session, email="bench@localhost.example", name="Bench", is_admin=True
        )
        project = create_project(session, user, name="Bench")
        act = Act(WayIn.COMMAND_LINE, user.id)

    frames = [pixels(512, seed) for seed in range(8)]

    def bring(start: int, number: int) -> None:
        for one in range(start, start + number):
            data = instance(one, size=512, frame=frames[one % 8])
            with open_session() as session:
                receive(session, session.merge(project), act=act, name="bench", chunks=[data])

    bring(0, WARM)
    ingest_waiting(project.id)
    bring(WARM, count)
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    database = [psutil.Process(int((postgres.data / "postmaster.pid").read_text().split()[0]))]
    reader = [psutil.Process(sandbox().reader_pid or 0)]
    before = (time.process_time(), cpu_s(reader), cpu_s(database), time.perf_counter())
    profile = cProfile.Profile()
    if is_profiled:
        profile.enable()
    states = ingest_waiting(project.id)
    profile.disable()
    after = (time.process_time(), cpu_s(reader), cpu_s(database), time.perf_counter())
    worker, sandboxed, stored, wall = (
        1000 * (end - start) / count for start, end in zip(before, after, strict=True)
    )
    print(f"{states}, load average {os.getloadavg()[0]:.1f}")
    print(
        f"CPU-ms an image: {worker + sandboxed + stored:.1f} (worker {worker:.1f}, sandbox "
        f"{sandboxed:.1f}, PostgreSQL {stored:.1f}); wall {wall:.1f} ms; "
        f"{len(statements) / count:.1f} statements; peak memory "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )
    if is_profiled:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
        kinds: dict[str, int] = {}
        for text in statements:
            kinds[" ".join(text.split())[:110]] = kinds.get(" ".join(text.split())[:110], 0) + 1
        for text, number in sorted(kinds.items(), key=lambda item: -item[1])[:45]:
            print(f"{number / count:5.2f}  {text}")


if __name__ == "__main__":
    main()
