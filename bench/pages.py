"""Pages to be measured: the reading room and a plain Cornerstone3D page, with images for both."""

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
BUILT = REPOSITORY / "frontend" / "dist"
PEER = REPOSITORY / "frontend" / "dist-peer"
SIDE = 512

WATCH = """
  window.longest = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.longest.push(one.duration);
  }).observe({ type: 'longtask', buffered: true });
  // From the hand to the frame after the one it was painted in: what the hand sees is not later.
  window.handled = [];
  let moved = null;
  addEventListener('pointermove', (event) => {
    if (!event.buttons || moved !== null) return;
    moved = event.timeStamp;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.handled.push(performance.now() - moved);
      moved = null;
    }));
  }, { capture: true });
  const look = () => {
    const seen = (selector, name) => {
      if (window[name] === undefined && document.querySelector(selector))
        window[name] = performance.now();
    };
    seen('.viewer[data-state=partial], .viewer[data-state=shown]', 'firstPicture');
    seen('.viewer[data-state=shown]', 'firstImage');
    seen('[data-plane][data-state=shown]', 'firstPlane');
    seen('[data-plane][data-loaded="300"]', 'wholeVolume');
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""

WATCH_NEXT = """() => {
  delete window.nextImage;
  const before = location.pathname;
  addEventListener('keydown', ({ timeStamp }) => {
    const look = () => {
      if (location.pathname !== before && document.querySelector('.viewer[data-state=shown]'))
        window.nextImage = performance.now() - timeStamp;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
"""Notes how long another case's image takes from the key that is pressed next."""


def both_pages(folder: Path) -> Path:
    """The built interface with the peer's page beside it, to be served by one web process.

    Requests are not intercepted for it: that would switch off the cache of the browser.
    """
    shutil.copytree(BUILT, folder)
    shutil.copytree(PEER, folder / "peer")
    shutil.copytree(PEER / "assets", folder / "assets", dirs_exist_ok=True)
    return folder


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


def noisy_mammogram() -> dict[str, bytes]:
    """The same with the noise of a detector, so that it packs as real ones do."""
    from tests import dicoms

    random = np.random.default_rng(6)
    array = dicoms.pattern(4096, 3328, bits=12) + random.normal(0, 2.5, (4096, 3328))
    array = np.clip(array, 0, 4095).astype(np.uint16)
    return {"mammogram.dcm": dicoms.radiograph(array=array, planted=False, Modality="MG")}


def narrow(page: Any, megabits: float) -> None:
    """Let no more than this come in a second."""
    connection = page.context.new_cdp_session(page)
    conditions = {
        "offline": False, "latency": 0, "uploadThroughput": -1,
        "downloadThroughput": megabits * 125_000,
    }  # fmt: skip
    connection.send("Network.enable")
    connection.send("Network.emulateNetworkConditions", conditions)


def case(clinic: Any, name: str, files: dict[str, bytes]) -> tuple[Any, Any]:
    """A project with one study, painted on by one reader."""
    project = clinic.project(name)
    labels = [{"name": "Organ", "kind": "segment", "colour": "#d55e00", "hotkey": "1"}]
    schema = {"question": "", "answer_mode": "none", "labels": labels}
    project.lead.post(f"{project.path}/label-schema", schema)
    project.bring_in(files, seconds=1800)
    return project, project.readers[0]


def open_page(browser: Any, clinic: Any, reader: Any) -> Any:
    from tests.browser.clinic import PASSWORD

    context = browser.new_context(
        base_url=clinic.address, viewport={"width": 1440, "height": 900}, service_workers="block"
    )
    context.set_default_timeout(120_000)
    body = {"email": reader.email, "password": PASSWORD}
    assert context.request.post("/api/session", data=body).ok
    context.add_init_script(WATCH)
    return context.new_page()


def _room(page: Any, project: Any) -> None:
    page.goto(f"{project.path}/read")


def _plain(page: Any, project: Any) -> None:
    """The first series of the project in Cornerstone3D alone."""
    root = f"/dicomweb/{project.id}"
    series = page.context.request.get(f"{root}/series").json()[0]
    study, own = (series[tag]["Value"][0] for tag in ("0020000D", "0020000E"))
    page.goto(f"/peer/index.html?series={root}/studies/{study}/series/{own}")


SHOWN = {"ours": _room, "peer": _plain}


def after(page: Any, mark: str) -> float:
    """Milliseconds from the start of navigation until something was first on screen."""
    while (found := page.evaluate(f"window.{mark} ?? null")) is None:
        page.wait_for_timeout(20)
    return float(found)
