"""The reading room in a real browser: first image, volumes, scrolling, painting, saving, download.

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
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
HOME = Path(tempfile.mkdtemp(prefix="collimate-bench-"))
os.environ["COLLIMATE_HOME"] = str(HOME)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from active import report

START, END = "<!-- viewer: start -->", "<!-- viewer: end -->"
ADMIN = "bench@clinic.example"
SIDE = 512

WATCH = """
  window.longest = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.longest.push(one.duration);
  }).observe({ type: 'longtask', buffered: true });
  window.handled = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (one.name.startsWith('pointer')) window.handled.push(one.duration);
  }).observe({ type: 'event', durationThreshold: 16 });
  const look = () => {
    const seen = (selector, name) => {
      if (window[name] === undefined && document.querySelector(selector))
        window[name] = performance.now();
    };
    seen('.viewer[data-state=shown]', 'firstImage');
    seen('[data-plane][data-state=shown]', 'firstPlane');
    seen('[data-plane][data-loaded="300"]', 'wholeVolume');
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


def ct(slices: int, *, seed: int) -> dict[str, bytes]:
    """An axial CT of noisy tissue with an organ that changes from slice to slice."""
    from tests import dicoms

    random = np.random.default_rng(seed)
    down, across = np.mgrid[0:SIDE, 0:SIDE]
    far = np.hypot(down - SIDE / 2, across - SIDE / 2)
    body = np.where(far < 220, 40, -1000)
    made = {}
    for index in range(slices):
        organ = np.where(far < 60 + 40 * np.sin(index / 25), 110, 0)
        array = (body + organ + random.normal(0, 12, (SIDE, SIDE))).astype(np.int16)
        made[f"{index}.dcm"] = dicoms.ct_slice(
            slice_index=index, seed=seed, planted=False, array=array
        )
    return made


def mammogram() -> dict[str, bytes]:
    """One image of 4,096 × 3,328 × 16 bit, 27 MB."""
    from tests import dicoms

    array = dicoms.pattern(4096, 3328, bits=14)
    return {"mammogram.dcm": dicoms.radiograph(array=array, planted=False, Modality="MG")}


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
        pages = {"COLLIMATE_FRONTEND": str(REPOSITORY / "frontend" / "dist")}
        names = ("web", "worker")
        with running(*names, home=HOME, database_url=server.address, settings=pages) as address:
            clinic = Clinic(address, Person(address, ADMIN, "Bench"))
            rows = _measure(clinic, options.repeat, is_full=options.full)
    finally:
        engine().dispose()
        server.stop()
        shutil.rmtree(HOME, ignore_errors=True)
    if options.write:
        _write(rows)
    return 0


def _measure(clinic: Any, repeat: int, *, is_full: bool) -> list[str]:
    from playwright.sync_api import sync_playwright
    from tests.browser.conftest import CHROMIUM

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        rows = [
            *_first_images(browser, clinic, repeat),
            *_volume(browser, clinic, repeat),
            *_painting(browser, clinic),
            *_download(browser, clinic),
        ]
        if is_full:
            rows += _thousand(browser, clinic)
        browser.close()
    return rows


def _case(clinic: Any, name: str, files: dict[str, bytes]) -> tuple[Any, Any]:
    """A project with one study, painted on by one reader."""
    project = clinic.project(name)
    labels = [{"name": "Organ", "kind": "segment", "colour": "#d55e00", "hotkey": "1"}]
    schema = {"question": "", "answer_mode": "none", "labels": labels}
    project.lead.post(f"{project.path}/label-schema", schema)
    project.bring_in(files, seconds=1800)
    return project, project.readers[0]


def _open(browser: Any, clinic: Any, reader: Any) -> Any:
    from tests.browser.clinic import PASSWORD

    context = browser.new_context(
        base_url=clinic.address, viewport={"width": 1440, "height": 900}, service_workers="block"
    )
    context.set_default_timeout(120_000)
    body = {"email": reader.email, "password": PASSWORD}
    assert context.request.post("/api/session", data=body).ok
    context.add_init_script(WATCH)
    return context.new_page()


def _after(page: Any, mark: str) -> float:
    """Milliseconds from the start of navigation until something was first on screen."""
    while (found := page.evaluate(f"window.{mark} ?? null")) is None:
        page.wait_for_timeout(20)
    return float(found)


def _median(look: Callable[[], float], repeat: int) -> float:
    return statistics.median(look() for _ in range(repeat))


def _first_images(browser: Any, clinic: Any, repeat: int) -> list[str]:
    rows = []
    for name, files, goal in (
        ("first image of a 512² CT, warm cache", ct(1, seed=1), "1.0 s"),
        ("first image of a 27 MB mammogram, warm cache", mammogram(), "2.0 s"),
    ):
        project, reader = _case(clinic, name, files)
        page = _open(browser, clinic, reader)

        def look(page: Any = page, project: Any = project) -> float:
            page.goto(f"{project.path}/worklist")
            page.goto(f"{project.path}/read")
            return _after(page, "firstImage")

        look()
        rows.append(_told(name, f"{_median(look, repeat) / 1000:.2f} s", goal))
        page.context.close()
    return rows


def _volume(browser: Any, clinic: Any, repeat: int) -> list[str]:
    project, reader = _case(clinic, "Volume", ct(300, seed=2))
    usable, complete = [], []
    for _ in range(repeat):
        page = _open(browser, clinic, reader)
        page.goto(f"{project.path}/read")
        _after(page, "firstImage")
        asked = page.evaluate("performance.now()")
        page.keyboard.press("p")
        usable.append(_after(page, "firstPlane") - asked)
        complete.append(_after(page, "wholeVolume") - asked)
        page.context.close()
    return [
        _told(
            "300-slice volume, cold: planes through the middle",
            f"{statistics.median(usable) / 1000:.2f} s",
            "1.5 s",
        ),
        _told(
            "300-slice volume, cold: complete",
            f"{statistics.median(complete) / 1000:.1f} s",
            "8 s",
        ),
        *_scrolling(browser, clinic, project, reader),
    ]


def _scrolling(browser: Any, clinic: Any, project: Any, reader: Any) -> list[str]:
    page = _open(browser, clinic, reader)
    page.goto(f"{project.path}/read")
    _after(page, "firstImage")
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
    longest = max(tasks, default=0)
    return [
        _told(
            "scrolling 100 cached slices at 30 a second: tasks over 50 ms",
            f"{len(tasks)}, the longest {longest:.0f} ms" if tasks else "none",
            "none",
        )
    ]


def _painting(browser: Any, clinic: Any) -> list[str]:
    from tests.browser.room import place_on

    project, reader = _case(clinic, "Painting", ct(300, seed=3))
    page = _open(browser, clinic, reader)
    sent: list[int] = []
    page.on(
        "request",
        lambda request: (
            sent.append(len(request.post_data_buffer or b""))
            if request.url.endswith("/annotations")
            else None
        ),
    )
    page.goto(f"{project.path}/read")
    _after(page, "firstImage")
    page.keyboard.press("1")
    place = place_on(page)
    page.evaluate("window.handled.length = 0")
    saving = []
    for stroke in range(10):
        level = 0.3 + stroke * 0.04
        page.mouse.move(*place((0.4, level)))
        page.mouse.down()
        page.mouse.move(*place((0.6, level + 0.02)), steps=20)
        page.mouse.up()
        page.evaluate("window.longest.length = 0")
        page.wait_for_timeout(900)
        saving.append(max(page.evaluate("window.longest"), default=0))
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(150)
    # the browser reports only events that took 16 ms or more, in steps of 8 ms
    handled = page.evaluate("window.handled") or [16]
    page.context.close()
    return [
        _told(
            "brush at 512²: input until painted",
            f"median {statistics.median(handled):.0f} ms of those over 16 ms",
            "60 ms",
        ),
        _told(
            "saving a stroke, 300-slice segmentation: longest task",
            f"{max(saving):.0f} ms" if max(saving) else "none over 50 ms",
            "50 ms",
        ),
        _told(
            "saving a stroke: sent",
            f"median {statistics.median(sent) / 1000:.1f} kB, most {max(sent) / 1000:.1f} kB",
            "20 kB",
        ),
    ]


def _download(browser: Any, clinic: Any) -> list[str]:
    project, reader = _case(clinic, "Download", ct(1, seed=4))
    sizes = []
    for path in ("worklist", "read"):
        page = _open(browser, clinic, reader)
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


def _thousand(browser: Any, clinic: Any) -> list[str]:
    project, reader = _case(clinic, "Thousand", ct(1000, seed=5))
    page = _open(browser, clinic, reader)
    page.goto(f"{project.path}/read")
    first = _after(page, "firstImage")
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


def _told(what: str, found: str, goal: str) -> str:
    row = f"| {what} | {found} | {goal} |"
    print(row, flush=True)
    return row


def _write(rows: list[str]) -> None:
    head = [
        START, "## The reading room in a browser", "",
        "`python bench/viewer.py --write`, Chromium drawing on the processor (SwiftShader), "
        "window of 1440 × 900, everything on one machine. Times are medians.", "",
        "| What | Measured | Goal |", "| --- | --- | --- |",
    ]  # fmt: skip
    path = REPOSITORY / "docs" / "benchmarks.md"
    report.put("\n".join([*head, *rows, END]), path, (START, END))


if __name__ == "__main__":
    sys.exit(main())
