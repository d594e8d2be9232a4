"""The reading room in a real browser: first image, volumes, scrolling, painting, saving, download.

Beside it, in the same run and on the same images, a plain Cornerstone3D page (frontend/peer).
Starts an installation of its own (database, web process, worker) on free ports, brings computed
images in, and opens them in Chromium drawing on the processor. Times are what the page itself
measures. `--full` adds a stack of 1,000 slices; `--write` puts the section into
docs/benchmarks.md.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
HOME = Path(tempfile.mkdtemp(prefix="collimate-bench-"))
os.environ["COLLIMATE_HOME"] = str(HOME)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pages
from active import report

START, END = "<!-- viewer: start -->", "<!-- viewer: end -->"
ADMIN = "bench@clinic.example"
Row = str


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full", action="store_true", help="also a stack of 1,000 slices")
    asked.add_argument("--repeat", type=int, default=5)
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    from tests.browser.clinic import PASSWORD, Clinic, Person
    from tests.live import running

    from collimate.access.accounts import create_user
    from collimate.embedded.postgres import start_postgres
    from collimate.kit.database import engine, open_session
    from collimate.kit.settings import settings
    from collimate.migrate import migrate

    server = start_postgres()
    try:
        os.environ["COLLIMATE_DATABASE_URL"] = server.address
        settings.cache_clear()
        migrate()
        with open_session() as session:
            create_user(session, email=ADMIN, name="Bench", password=PASSWORD, is_admin=True)
        built = {"COLLIMATE_FRONTEND": str(pages.both_pages(HOME / "pages"))}
        names = ("web", "worker")
        with running(*names, home=HOME, database_url=server.address, settings=built) as address:
            clinic = Clinic(address, Person(address, ADMIN, "Bench"))
            rows = _measure(clinic, options.repeat, is_full=options.full)
    finally:
        engine().dispose()
        server.stop()
        shutil.rmtree(HOME, ignore_errors=True)
    if options.write:
        _write(rows)
    return 0


def _measure(clinic: Any, repeat: int, *, is_full: bool) -> list[Row]:
    from playwright.sync_api import sync_playwright
    from tests.browser.conftest import CHROMIUM

    with sync_playwright() as playwright:
        # as people's browsers have it: tests draw pages past the graphics layer to save time, and
        # every picture is then read back from it on the main thread
        drawn = [one for one in CHROMIUM["args"] if one != "--disable-gpu-compositing"]
        browser = playwright.chromium.launch(**CHROMIUM | {"args": drawn})
        rows = [
            *_first_images(browser, clinic, repeat),
            _next_case(browser, clinic, repeat),
            *_on_a_line(browser, clinic),
            *_volume(browser, clinic, repeat),
            *_painting(browser, clinic),
            *_download(browser, clinic),
        ]
        if is_full:
            rows += _thousand(browser, clinic)
        browser.close()
    return rows


def _first_images(browser: Any, clinic: Any, repeat: int) -> list[Row]:
    rows = []
    for name, files, goal in (
        ("first image of a 512² CT, warm cache", pages.ct(1, seed=1), "1.0 s"),
        ("first image of a 27 MB mammogram, warm cache", pages.mammogram(), "2.0 s"),
    ):
        project, reader = pages.case(clinic, name, files)
        page = pages.open_page(browser, clinic, reader)
        found: dict[str, list[float]] = {who: [] for who in pages.SHOWN}
        for _ in range(repeat + 1):
            for who, show in pages.SHOWN.items():
                page.goto(f"{project.path}/worklist")
                show(page, project)
                found[who].append(pages.after(page, "firstImage") / 1000)
        # the first look of each fills the cache
        rows.append(_compared(name, {who: times[1:] for who, times in found.items()}, "s", goal))
        page.context.close()
    return rows


LOOKED_AT_MS = 3000


def _next_case(browser: Any, clinic: Any, repeat: int) -> Row:
    """From the key that submits a case, looked at for a moment, until the next one's image."""
    files = {
        f"{seed}/{name}": file
        for seed in range(10, 11 + repeat)
        for name, file in pages.ct(20, seed=seed).items()
    }
    project, reader = pages.case(clinic, "Next", files)
    page = pages.open_page(browser, clinic, reader)
    page.goto(f"{project.path}/read")
    pages.after(page, "firstImage")
    found = []
    for _ in range(repeat):
        page.wait_for_timeout(LOOKED_AT_MS)
        page.evaluate(pages.WATCH_NEXT)
        page.keyboard.press("Enter")
        found.append(pages.after(page, "nextImage"))
    page.context.close()
    what = "submit pressed until the next case's first image, 512² CT"
    return _told(what, f"{statistics.median(found):.0f} ms", "300 ms")


def _on_a_line(browser: Any, clinic: Any) -> list[Row]:
    """A mammogram over a line of so many Mbit/s, from asking for its frame."""
    project, reader = pages.case(clinic, "Line", pages.noisy_mammogram())
    rows = []
    for megabits in (20, 100):
        told = {}
        for who, show in pages.SHOWN.items():
            page = pages.open_page(browser, clinic, reader)
            sizes: list[int] = []
            page.on("requestfinished", partial(_note_frame, sizes))
            show(page, project)  # scripts are not what is measured
            pages.after(page, "firstImage")
            page.evaluate("performance.clearResourceTimings()")
            sizes.clear()
            page.route("**/frames/**", partial(_on_narrow_line, page, megabits))
            show(page, project)
            times = [pages.after(page, mark) for mark in ("firstPicture", "firstImage")]
            asked = page.evaluate(
                "performance.getEntriesByType('resource')"
                ".find((one) => one.name.includes('/frames/')).startTime"
            )
            picture, exact = ((time - asked) / 1000 for time in times)
            told[who] = f"{picture:.1f} s, exact {exact:.1f} s, {sum(sizes) / 1e6:.1f} MB"
            page.context.close()
        what = (
            f"27 MB mammogram over {megabits} Mbit/s: first picture after its frame was asked for"
        )
        rows.append(_told(what, told["ours"], "–", peer=told["peer"]))
    return rows


def _on_narrow_line(page: Any, megabits: float, route: Any) -> None:
    pages.narrow(page, megabits)
    route.continue_(headers={**route.request.headers, "cache-control": "no-cache"})


def _note_frame(sizes: list[int], request: Any) -> None:
    if "/frames/" in request.url:
        sizes.append(request.sizes()["responseBodySize"])


def _volume(browser: Any, clinic: Any, repeat: int) -> list[Row]:
    project, reader = pages.case(clinic, "Volume", pages.ct(300, seed=2))
    usable: dict[str, list[float]] = {who: [] for who in pages.SHOWN}
    complete: dict[str, list[float]] = {who: [] for who in pages.SHOWN}
    for _ in range(repeat):
        for who, show in pages.SHOWN.items():
            page = pages.open_page(browser, clinic, reader)
            show(page, project)
            pages.after(page, "firstImage")
            asked = page.evaluate("performance.now()")
            page.keyboard.press("p")
            usable[who].append((pages.after(page, "firstPlane") - asked) / 1000)
            complete[who].append((pages.after(page, "wholeVolume") - asked) / 1000)
            page.context.close()
    return [
        _compared("300-slice volume, cold: planes through the middle", usable, "s", "1.5 s"),
        _compared("300-slice volume, cold: complete", complete, "s", "8 s"),
        _scrolling(browser, clinic, project, reader),
    ]


def _scrolling(browser: Any, clinic: Any, project: Any, reader: Any) -> Row:
    told = {}
    for who, show in pages.SHOWN.items():
        page = pages.open_page(browser, clinic, reader)
        show(page, project)
        pages.after(page, "firstImage")
        for _ in range(100):
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(40)
        page.keyboard.press("Home")
        page.wait_for_timeout(1500)
        page.evaluate("window.longest.length = 0")
        for _ in range(100):
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(33)
        tasks = page.evaluate("window.longest")
        page.context.close()
        told[who] = f"{len(tasks)}, the longest {max(tasks):.0f} ms" if tasks else "none"
    what = "scrolling 100 cached slices at 30 a second: tasks over 50 ms"
    return _told(what, told["ours"], "none", peer=told["peer"])


def _painting(browser: Any, clinic: Any) -> list[Row]:
    project, reader = pages.case(clinic, "Painting", pages.ct(300, seed=3))
    sent: list[int] = []
    saving: dict[str, list[float]] = {}
    handled: dict[str, list[float]] = {}
    for who, show in pages.SHOWN.items():
        page = pages.open_page(browser, clinic, reader)
        page.on("request", lambda request: sent.extend(_saved_bytes(request)))
        show(page, project)
        pages.after(page, "firstImage")
        page.keyboard.press("1")
        if who == "peer":
            page.wait_for_selector("[data-brush=ready]")
        saving[who] = _strokes(page)
        handled[who] = page.evaluate("window.handled")
        page.context.close()
    longest = {who: f"{most:.0f} ms" if (most := max(all_)) else "none over 50 ms"
               for who, all_ in saving.items()}  # fmt: skip
    size = f"median {statistics.median(sent) / 1000:.1f} kB, most {max(sent) / 1000:.1f} kB"
    return [
        _compared("brush at 512²: hand moved until the frame after it was painted", handled, "ms",
                  "60 ms"),
        _told("after a stroke, 300-slice segmentation: longest task", longest["ours"], "50 ms",
              peer=longest["peer"] + " (saves nothing)"),
        _told("saving a stroke: sent", size, "20 kB"),
    ]  # fmt: skip


def _saved_bytes(request: Any) -> list[int]:
    is_save = request.url.endswith(("/annotations", "/saves"))
    return [len(request.post_data_buffer or b"")] if is_save else []


MOST_STROKES = 10
STROKES_S = 60
"""A brush that takes a second for a move, as the peer's on a loaded machine, strokes less often."""


def _strokes(page: Any) -> list[float]:
    """Up to ten strokes, each on the next slice; the longest task after each, in milliseconds."""
    from tests.browser.room import place_on

    place = place_on(page)
    page.evaluate("window.handled.length = 0")
    after: list[float] = []
    until = time.monotonic() + STROKES_S
    while len(after) < MOST_STROKES and (not after or time.monotonic() < until):
        stroke = len(after)
        level = 0.3 + stroke * 0.04
        page.mouse.move(*place((0.4, level)))
        page.mouse.down()
        page.mouse.move(*place((0.6, level + 0.02)), steps=20)
        page.mouse.up()
        page.evaluate("window.longest.length = 0")
        page.wait_for_timeout(900)
        after.append(max(page.evaluate("window.longest"), default=0))
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(150)
    return after


def _download(browser: Any, clinic: Any) -> list[Row]:
    project, reader = pages.case(clinic, "Download", pages.ct(1, seed=4))
    sizes = []
    for path in ("worklist", "read"):
        page = pages.open_page(browser, clinic, reader)
        page.goto(f"{project.path}/{path}")
        page.wait_for_load_state("networkidle")
        sizes.append(
            page.evaluate(
                """performance.getEntriesByType('resource')
                  .filter((one) => /\\.(js|css)$/.test(new URL(one.name).pathname))
                  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
            )
        )
        page.context.close()
    worklist, room = (size / 1000 for size in sizes)
    return [
        _told("scripts and styles of the worklist, as sent", f"{worklist:.0f} kB", "250 kB"),
        _told("those of the reading room on top", f"{room - worklist:.0f} kB", "a lazy route"),
    ]


def _thousand(browser: Any, clinic: Any) -> list[Row]:
    project, reader = pages.case(clinic, "Thousand", pages.ct(1000, seed=5))
    page = pages.open_page(browser, clinic, reader)
    page.goto(f"{project.path}/read")
    first = pages.after(page, "firstImage")
    most = 0.0
    for _ in range(100):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(120)
        most = max(most, _renderers_gib())
    page.context.close()
    return [
        _told("1,000-slice CT: first image", f"{first / 1000:.2f} s", "–"),
        _told(
            "1,000-slice CT, paged through: largest renderer process", f"{most:.2f} GiB", "1.5 GiB"
        ),
    ]


def _renderers_gib() -> float:
    """Resident memory of the largest renderer process of any Chromium of this machine."""
    listed = subprocess.run(
        ["ps", "-eo", "rss,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = [int(line.split()[0]) for line in listed if "--type=renderer" in line]
    return max(found, default=0) / 1024**2


def _compared(what: str, found: dict[str, list[float]], unit: str, goal: str) -> Row:
    """Medians beside those of the peer, in seconds or milliseconds."""
    ours, peer = (statistics.median(found[who]) for who in pages.SHOWN)
    digits = 2 if unit == "s" else 0
    told = [f"{value:.{digits}f} {unit}" for value in (ours, peer)]
    return _told(what, told[0], goal, peer=told[1], ratio=f"{ours / peer:.2f}")


def _told(what: str, found: str, goal: str, *, peer: str = "–", ratio: str = "–") -> Row:
    row = f"| {what} | {found} | {peer} | {ratio} | {goal} |"
    print(row, flush=True)
    return row


def _write(rows: list[Row]) -> None:
    head = [
        START, "## The reading room in a browser", "",
        "`make bench-viewer`, Chromium drawing on the processor (SwiftShader), window of "
        "1440 × 900, everything on one machine. Times are medians. The peer is Cornerstone3D "
        "5.14 alone with its own tools (`frontend/peer`), on the same images, in turn in the same "
        "run; it claims no case, saves nothing and shows nothing around the image. A ratio below "
        "1 is faster than the peer.", "",
        "| What | Measured | Plain Cornerstone3D | Ratio | Goal |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    path = REPOSITORY / "docs" / "benchmarks.md"
    report.put("\n".join([*head, *rows, END]), path, (START, END))


if __name__ == "__main__":
    sys.exit(main())
