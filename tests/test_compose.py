"""The compose file names things that exist: it cannot be run here, so every name is looked up."""

import importlib.util
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from collimate.embedded.run import PROCESSES
from collimate.kit.settings import Settings

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
PINNED = re.compile(r":v?\d+\.\d+(\.\d+)?(-[a-z0-9-]+)?$")
PORT_OF = {"postgres": 5432, "redis": 6379, "objects": 8333}


def setting(name: str) -> str:
    return SERVICES["web"]["environment"][f"COLLIMATE_{name}"]


def test_every_process_of_the_embedded_run_has_its_service_with_the_same_entry_point():
    for name, arguments in PROCESSES.items():
        assert SERVICES[name]["command"] == ["python", "-m", *arguments]


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_entry_point_of_each_service_can_be_run(name):
    module = SERVICES[name]["command"][2]
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    assert '__name__ == "__main__"' in Path(found.origin).read_text()


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_service_sets_only_settings_that_exist_and_all_that_it_needs(name):
    given = OURS[name]["environment"]
    known = {f"COLLIMATE_{field.upper()}" for field in Settings.model_fields}
    assert {key for key in given if key.startswith("COLLIMATE_")} <= known
    needed = ("DATABASE_URL", "BROKER_URL", "BLOB_URL", "BLOB_ENDPOINT", "SECRET", "ALLOWED_HOSTS")
    assert all(given[f"COLLIMATE_{key}"] for key in needed)
    values = {key[10:].lower(): value for key, value in given.items() if "${" not in value}
    Settings(**{key: value for key, value in values.items() if key in Settings.model_fields})


def test_every_secret_must_be_given_and_the_example_names_exactly_those():
    asked = re.findall(r"\$\{([A-Z_]+)([^}]*)\}", TEXT)
    assert {default for _, default in asked} == {":?"}, "a secret without a value stops the start"
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(example) == {name for name, _ in asked}


@pytest.mark.parametrize(
    ("name", "service"),
    [("DATABASE_URL", "postgres"), ("BROKER_URL", "redis"), ("BLOB_ENDPOINT", "objects")],
)
def test_addresses_point_at_services_by_name_and_port(name, service):
    address = urlsplit(re.sub(r"\$\{[^}]*\}", "secret", setting(name)))
    assert address.hostname == service
    assert (address.port or PORT_OF[service]) == PORT_OF[service]


def test_the_database_is_the_one_that_is_made():
    address = urlsplit(re.sub(r"\$\{([A-Z_]+)[^}]*\}", r"\1", setting("DATABASE_URL")))
    made = SERVICES["postgres"]["environment"]
    assert address.username == made["POSTGRES_USER"]
    assert address.path == "/" + made["POSTGRES_DB"]
    assert address.password == re.sub(r"\W|:\?", "", made["POSTGRES_PASSWORD"])


def test_the_web_port_is_the_one_that_is_published_and_checked():
    port = setting("PORT")
    assert SERVICES["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    (address,) = re.findall(r"http://[^'\"]+", SERVICES["web"]["healthcheck"]["test"][-1])
    assert address == f"http://127.0.0.1:{port}/healthz"
    assert setting("HOST") == "0.0.0.0"


def test_the_health_check_asks_for_a_page_there_is(client):
    assert client().get("/healthz").status_code == 200


def test_services_wait_for_services_there_are_and_for_health_only_where_it_is_checked():
    for service in SERVICES.values():
        for other, rule in service.get("depends_on", {}).items():
            assert other in SERVICES
            if rule["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
    for name in PROCESSES:
        assert set(SERVICES[name]["depends_on"]) >= {"migrate", "redis", "objects"}


def test_every_volume_and_config_is_declared():
    for kind in ("volumes", "configs"):
        used = {
            item["source"] if isinstance(item, dict) else item.split(":")[0]
            for service in SERVICES.values()
            for item in service.get(kind, [])
            if isinstance(item, dict) or not item.startswith("./")
        }
        assert used == set(COMPOSE[kind])


def test_every_image_is_pinned():
    images = [service["image"] for service in SERVICES.values()]
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(bases) == 2
    assert not [image for image in [*images, *bases] if not PINNED.search(image)]


def test_the_image_copies_what_there_is_and_keeps_out_what_is_large_or_secret():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert any(".venv" in line for line in ignored)
    assert any("node_modules" in line for line in ignored)
    assert ".env" in ignored


def test_whoever_offers_sources_reads_the_same_ways_in_as_those_who_use_them():
    def file_of(name: str) -> tuple[str, list[str]]:
        given = SERVICES[name]["environment"]
        home = {key[10:].lower(): given[key] for key in ("COLLIMATE_HOME",)}
        ways_in = {"ways_in": given.get("COLLIMATE_WAYS_IN")}
        return str(Settings(**home, **ways_in).ways_in_path), SERVICES[name]["volumes"]

    assert file_of("web") == file_of("receiver") == file_of("puller")
    assert file_of("web")[0].startswith("/data/")
