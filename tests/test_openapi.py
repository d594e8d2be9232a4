"""The API the browser was generated from is the API that is served."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_committed_description_is_what_the_server_says(app):
    committed = json.loads((ROOT / "frontend" / "openapi.json").read_text())
    served = json.loads(json.dumps(app.openapi()))
    assert committed == served, "run `make api` and commit what changed"


def test_every_operation_has_a_name_of_its_own(app):
    names = [
        operation["operationId"]
        for operations in app.openapi()["paths"].values()
        for operation in operations.values()
    ]
    assert len(names) == len(set(names))


def test_the_description_is_served_without_signing_in(client):
    answer = client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Collimate"


def test_answers_carry_the_safety_headers(client):
    answer = client().get("/healthz")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_foreign_host_name_is_refused(app):
    from fastapi.testclient import TestClient

    assert TestClient(app, base_url="http://evil.example").get("/healthz").status_code == 400


def test_unknown_addresses_and_methods_answer_as_problems(client):
    for answer in (client().get("/api/nowhere"), client().put("/healthz")):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code in (404, 405)


def test_an_unexpected_error_leaks_nothing(capsys):
    from fastapi.testclient import TestClient

    from collimate.app import make_app

    app = make_app()

    def broken():
        raise RuntimeError("Ruskin^Planted")

    app.add_api_route("/api/broken", broken)
    app.router.routes.insert(0, app.router.routes.pop())
    answer = TestClient(app, base_url="http://testserver", raise_server_exceptions=False).get(
        "/api/broken"
    )
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/unexpected"
    assert "Ruskin" not in answer.text
    assert "Ruskin" not in capsys.readouterr().err
