"""The built frontend is sent small and kept by browsers, and nothing outside its folder is sent."""

import gzip

import pytest
from fastapi.testclient import TestClient

from collimate.app import make_app
from collimate.kit.settings import settings

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
