"""How a person likes to work follows them from computer to computer."""

import pytest

from collimate.access import accounts
from collimate.access.models import AuditEvent
from collimate.kit.database import open_session


@pytest.fixture
def anna(database):
    with open_session() as session:
        user, _ = accounts.create_user(
            session, email="anna@clinic.example", name="Anna", password="correct horse battery"
        )
    return user


def preferences_seen_by(browser):
    return browser.get("/api/session").json()["user"]["preferences"]


def test_keys_and_mouse_set_on_one_computer_are_there_on_another(anna, client):
    keymap = {"preset": "ohif", "own": {"tool.window": ["w", "f2"]}}
    mouse = {"preset": "left-handed", "own": {"shift+wheel": "zoom", "finger": "pan"}}
    here, there = client(anna), client(anna)
    answer = here.patch("/api/me", json={"preferences": {"keymap": keymap, "mouse": mouse}})
    assert answer.status_code == 200
    seen = preferences_seen_by(there)
    assert (seen["keymap"], seen["mouse"]) == (keymap, mouse)


def test_setting_one_preference_leaves_the_others_and_the_name_alone(anna, client):
    browser = client(anna)
    browser.patch("/api/me", json={"preferences": {"keymap": {"preset": "left", "own": {}}}})
    window = {"name": "Brain", "modality": "MR", "unit": "", "center": 400.5, "width": 900.0}
    browser.patch("/api/me", json={"preferences": {"windows": [window]}})
    browser.patch("/api/me", json={"preferences": {"reading_scale": 130, "language": "de"}})
    browser.patch("/api/me", json={"name": "Ann"})
    seen = browser.get("/api/session").json()["user"]
    assert seen["name"] == "Ann"
    assert seen["preferences"] == {
        "keymap": {"preset": "left", "own": {}},
        "windows": [window],
        "reading_scale": 130,
        "language": "de",
    }


@pytest.mark.parametrize(
    "preferences",
    [
        {"reading_scale": 20},
        {"language": "<de>"},
        {"anything": "else"},
        {"mouse": {"preset": "ohif", "own": {"double+left": "pan"}}},
        {"mouse": {"preset": "ohif", "own": {"left": "explode"}}},
        {"hanging": [{"name": "no stage", "stages": []}]},
        {"hanging": [{"name": "", "stages": [{"rows": 9, "columns": 1, "cells": [None]}]}]},
        {"windows": [{"name": "Brain", "modality": "CT", "unit": "HU", "center": 4, "width": 0}]},
        {"keymap": {"preset": "ohif", "own": {"x": ["a b"]}}},
        {"keymap": {"preset": "ohif", "own": {"x" * 101: ["a"]}}},
    ],
)
def test_what_is_no_preference_is_refused(anna, client, preferences):
    assert client(anna).patch("/api/me", json={"preferences": preferences}).status_code == 422


def test_a_change_to_oneself_leaves_a_trace_of_what_and_not_of_the_values(anna, client):
    browser = client(anna)
    browser.patch("/api/me", json={"name": "Ann", "preferences": {"reading_scale": 115}})
    with open_session() as session:
        event = session.query(AuditEvent).filter_by(action="user_changed").one()
        assert event.actor_id == anna.id
        assert event.detail == {"fields": ["name", "reading_scale"]}


def test_hanging_protocols_are_kept_as_they_were_made(anna, client):
    ends = {"low": 0.0, "high": 10.0, "unit": "SUVbw"}
    pet = {"modality": "PT", "colours": "hot", "opacity": 0.4, "ends": ends}
    stage = {
        "rows": 1,
        "columns": 2,
        "cells": [{"study": "earlier", "modality": "CT", "number": 1, "overlay": pet}, None],
        "links": {"scroll": True, "zoom": False, "window": False},
    }
    hanging = [{"name": "CT", "modalities": ["CT"], "stages": [stage]}]
    browser = client(anna)
    assert browser.patch("/api/me", json={"preferences": {"hanging": hanging}}).status_code == 200
    assert preferences_seen_by(browser)["hanging"] == hanging
