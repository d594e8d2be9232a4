"""One frozen settings object, read once from the environment."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[3]


class Settings(BaseSettings):
    """Every setting of the product. Each is the environment variable `COLLIMATE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="COLLIMATE_", frozen=True, extra="ignore")

    home: Path = Field(
        default=Path("~/.collimate"), description="Folder that holds all data of an embedded run"
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on")
    port: int = Field(default=8420, description="Port the web process listens on")
    database_url: str = Field(
        default="", description="PostgreSQL address; empty means the embedded server under HOME"
    )
    broker_url: str = Field(
        default="", description="Redis address for the job bell; empty means files under HOME"
    )
    blob_url: str = Field(
        default="", description="s3://bucket/prefix for blobs; empty means a folder under HOME"
    )
    blob_endpoint: str = Field(default="", description="Endpoint of an S3-compatible object store")
    secret: str = Field(
        default="", description="Instance secret (32+ characters); empty means a file under HOME"
    )
    demo_password: str = Field(
        default="", description="Password of the demo accounts; empty means random, printed once"
    )
    demo_cases: int = Field(default=360, description="Studies in the demo workspace; 0 for none")
    allowed_hosts: str = Field(
        default="localhost,127.0.0.1,[::1]", description="Host names the web process answers to"
    )
    torch_threads: int = Field(default=1, description="Threads torch may use on a CPU")
    training_gpus: int = Field(
        default=0, ge=0, description="GPUs that one training may use at once; 0 means all visible"
    )
    worker_niceness: int = Field(
        default=10, ge=0, le=19, description="How far workers step behind the web process"
    )
    prompt_memory_mb: int = Field(
        default=512, ge=16, description="Memory for pixels that prompts are answered from, in MiB"
    )
    encoder_seconds: int = Field(
        default=180, description="Longest self-supervised training of an encoder on a CPU"
    )
    model_seconds: int = Field(
        default=180, description="Longest training of a model of masks or boxes, in the background"
    )
    lease_minutes: int = Field(
        default=60, description="How long a claimed case is kept for a reader"
    )
    session_hours: int = Field(default=12, description="Longest life of a browser session")
    idle_minutes: int = Field(default=120, description="Idle time after which a session ends")
    deleted_days: int = Field(
        default=30, ge=0, description="Days for which a deleted study can be restored"
    )
    job_lease_seconds: int = Field(
        default=30, description="A silent worker loses its job after this"
    )
    ways_in: Path | None = Field(
        default=None,
        description="File with C-STORE receiver, watched folders and sources; "
        "empty means ways_in.toml under HOME",
    )
    frontend: Path = Field(
        default=REPOSITORY / "frontend" / "dist", description="Folder of the built frontend"
    )

    @property
    def home_path(self) -> Path:
        """HOME, expanded and absolute."""
        return self.home.expanduser().resolve()

    @property
    def ways_in_path(self) -> Path:
        """The file of the ways in; it need not exist."""
        return self.ways_in or self.home_path / "ways_in.toml"

    @property
    def host_names(self) -> list[str]:
        """The allowed host names as a list."""
        return [name.strip() for name in self.allowed_hosts.split(",") if name.strip()]


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


@lru_cache
def instance_secret() -> bytes:
    """The secret all keyed hashes of this installation derive from.

    An embedded run makes one at its first start and keeps it in a file only its owner can read.

    Raises:
        ValueError: a secret was given that is shorter than 32 characters.
    """
    given = settings().secret
    if given:
        if len(given) < 32:
            raise ValueError("COLLIMATE_SECRET must have at least 32 characters.")
        return given.encode()
    path = settings().home_path / "secret"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    secret = secrets.token_hex(32).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
