"""The built frontend is sent small and kept by browsers, and nothing outside its folder is sent."""

import gzip
import re

import pytest
from fastapi.testclient import TestClient

from collimate.app import make_app
from collimate.kit.settings import REPOSITORY, settings

SCRIPT = b"console.log('a page');" * 100


@pytest.fixture
def pages(tmp_path, monkeypatch, database):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Collimate</title>")
    (folder / "assets" / "page-1.js").write_bytes(SCRIPT)
    (folder / "assets" / "page-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "font-1.woff2").write_bytes(b"woff")
    (tmp_path / "secret.txt").write_text("not a page")
    monkeypatch.setenv("COLLIMATE_FRONTEND", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def browser(pages):
    return TestClient(make_app(), base_url="http://testserver")


def test_a_browser_that_takes_compressed_scripts_gets_them(browser):
    answer = browser.get("/assets/page-1.js", headers={"accept-encoding": "gzip, br"})
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(SCRIPT)
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "accept-encoding"


def test_another_gets_the_script_as_it_is(browser):
    answer = browser.get("/assets/page-1.js", headers={"accept-encoding": "identity"})
    assert answer.content == SCRIPT
    assert "content-encoding" not in answer.headers


def test_what_has_no_compressed_copy_is_sent_as_it_is(browser):
    answer = browser.get("/assets/font-1.woff2", headers={"accept-encoding": "gzip"})
    assert answer.content == b"woff"
    assert "content-encoding" not in answer.headers


def test_every_address_is_a_page_and_nothing_outside_the_folder_is(browser):
    assert "Collimate" in browser.get("/projects/1/worklist").text
    for path in ("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/none.js"):
        assert "not a page" not in browser.get(path).text
    assert browser.get("/assets/none.js").status_code == 404


DIST = REPOSITORY / "frontend" / "dist"


@pytest.mark.skipif(not (DIST / "index.html").exists(), reason="the frontend is not built here")
def test_scripts_and_styles_of_the_worklist_stay_small():
    """What its page begins with, in compressed kB as `bench/viewer.py` counts them."""
    waiting = re.findall(r'="/(assets/[^"]+\.(?:js|css))"', (DIST / "index.html").read_text())
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        if name.endswith(".js"):
            script = (DIST / name).read_text()
            imports = re.findall(r'(?:from|import)\s*["`]\./([^"`]+\.js)["`]', script)
            waiting += [f"assets/{one}" for one in imports]
    assert not list(DIST.glob("assets/Worklist*")), "the worklist has files of its own: count them"
    assert any(name.endswith(".css") for name in needed)
    sent = sum((DIST / f"{name}.gz").stat().st_size for name in needed) / 1000
    assert 50 < sent < 250
