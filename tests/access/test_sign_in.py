"""Signing in, staying signed in, and being refused."""

from datetime import timedelta

import pytest

from collimate.access import accounts, sign_in
from collimate.access.passwords import WeakPassword, check_strength
from collimate.kit import clock
from collimate.kit.database import open_session

GOOD = "correct horse battery"


@pytest.fixture
def anna(database):
    with open_session() as session:
        user, _ = accounts.create_user(
            session, email="Anna@Clinic.example", name="Anna", password=GOOD
        )
    return user


def test_the_right_password_opens_a_session_whose_secret_scripts_cannot_read(anna, client):
    browser = client()
    answer = browser.post("/api/session", json={"email": "anna@clinic.example", "password": GOOD})
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/api/session").json()["user"]["name"] == "Anna"


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(anna, client):
    wrong = client().post("/api/session", json={"email": "anna@clinic.example", "password": "no"})
    unknown = client().post("/api/session", json={"email": "who@clinic.example", "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.headers["content-type"] == "application/problem+json"


def test_ten_failures_close_the_door_for_a_while_and_not_for_ever(anna, client, monkeypatch):
    body = {"email": "anna@clinic.example", "password": "not this one"}
    answers = [client().post("/api/session", json=body).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    good = client().post("/api/session", json={**body, "password": GOOD})
    assert good.status_code == 201


def test_an_unsafe_request_without_the_csrf_token_is_refused(anna, client):
    browser = client(anna)
    assert browser.patch("/api/me", json={"name": "Ann"}).status_code == 200
    del browser.headers["x-csrf-token"]
    refused = browser.patch("/api/me", json={"name": "Mallory"})
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/csrf-token-missing"
    assert browser.get("/api/session").json()["user"]["name"] == "Ann"


def test_sessions_end_by_signing_out_idling_age_and_deactivation(anna, client, monkeypatch):
    browser = client(anna)
    assert browser.delete("/api/session").status_code == 204
    assert browser.get("/api/me/tokens").status_code == 401

    idle = client(anna)
    later = clock.now() + timedelta(hours=3)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert idle.get("/api/me/tokens").status_code == 401

    gone = client(anna)
    with open_session() as session:
        session.merge(anna).is_active = False
    assert gone.get("/api/me/tokens").status_code == 401


def test_a_token_works_as_bearer_until_revoked_and_is_stored_hashed(anna, client):
    browser = client(anna)
    made = browser.post("/api/me/tokens", json={"name": "script"}).json()
    script = client()
    script.headers["authorization"] = f"Bearer {made['secret']}"
    assert script.get("/api/projects").status_code == 200
    listed = browser.get("/api/me/tokens").json()["items"]
    assert listed[0]["secret"] is None
    with open_session() as session:
        stored = sign_in.tokens_of(session, anna)[0].secret_hash
    assert made["secret"] not in stored
    assert browser.delete(f"/api/me/tokens/{made['id']}").status_code == 204
    assert script.get("/api/projects").status_code == 401


def test_another_users_token_cannot_be_revoked(anna, client, session):
    token, _ = sign_in.new_token(session, session.merge(anna), "mine")
    other, _ = accounts.create_user(session, email="b@clinic.example", name="B", password=GOOD)
    session.commit()
    assert client(other).delete(f"/api/me/tokens/{token.id}").status_code == 404


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "x" * 300])
def test_weak_passwords_are_refused(password):
    with pytest.raises(WeakPassword):
        check_strength(password, "anna@clinic.example")


def test_changing_the_password_ends_every_session(anna, client):
    first, second = client(anna), client(anna)
    changed = first.post("/api/me/password", json={"current": GOOD, "new": "another fine phrase"})
    assert changed.status_code == 204
    assert second.get("/api/me/tokens").status_code == 401


def test_the_last_administrator_stays(client, session):
    admin, _ = accounts.create_user(
        session, email="root@clinic.example", name="Root", password=GOOD, is_admin=True
    )
    session.commit()
    refused = client(admin).patch(f"/api/users/{admin.id}", json={"is_admin": False})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/last-admin"


def test_fields_that_are_not_offered_cannot_be_smuggled_in(anna, client):
    browser = client(anna)
    refused = browser.patch("/api/me", json={"name": "A", "is_admin": True})
    assert refused.status_code == 422
    assert not browser.get("/api/session").json()["user"]["is_admin"]


def test_a_visitor_is_told_that_nobody_is_signed_in_and_a_stale_cookie_is_refused(client):
    assert client().get("/api/session").status_code == 204
    stale = client()
    stale.cookies.set("collimate_session", "from last week")
    assert stale.get("/api/session").status_code == 401
