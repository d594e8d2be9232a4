"""The file in which an administrator of the machine opens further ways in; without it, none is.

It is a file and not a page because every entry reaches outside the web: a port, a folder, an
address of another server. Nobody who signs in may choose those.
"""

import tomllib
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    model_validator,
)

from collimate.kit.settings import settings

AeTitle = Annotated[
    # PS3.5 table 6.2-1: no backslash, no control characters; outer spaces mean nothing
    str, StringConstraints(strip_whitespace=True, pattern=r"^[\x20-\x5b\x5d-\x7e]{1,16}$")
]
Network = IPv4Network | IPv6Network


class WaysInUnusable(Exception):
    """The file cannot be used; the message says where and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sender(_Part):
    """A station that may send: both its AE title and its address must fit."""

    calling_ae_title: AeTitle
    addresses: tuple[Network, ...] = Field(min_length=1)

    def is_at(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether the address is one of its own."""
        return any(address in network for network in self.addresses)


class Destination(_Part):
    """A called AE title and the project, by name or id, that its images go to."""

    called_ae_title: AeTitle
    project: str


class Receiver(_Part):
    """The C-STORE receiver. With `certificate` and `key` it speaks TLS only; with
    `client_authorities` besides, only to clients whose certificate those have signed."""

    host: str = "127.0.0.1"
    port: int = Field(default=11112, ge=0, le=65_535)
    senders: tuple[Sender, ...] = Field(min_length=1)
    destinations: tuple[Destination, ...] = Field(min_length=1)
    maximum_associations: int = Field(default=16, ge=1, le=200)
    idle_seconds: int = Field(default=60, ge=5, le=3600)
    certificate: Path | None = None
    key: Path | None = None
    client_authorities: Path | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        if self.client_authorities is not None and self.certificate is None:
            raise ValueError("client_authorities needs certificate and key")
        titles = [one.called_ae_title for one in self.destinations]
        if len(titles) != len(set(titles)):
            raise ValueError("a called_ae_title stands there twice")
        return self


class WatchedFolder(_Part):
    """A folder out of which whole files are taken into a project, by name or id."""

    folder: Path
    project: str
    settle_seconds: float = Field(default=10, ge=0, le=3600)


class Source(_Part):
    """A DICOMweb server that the named projects may pull from.

    `token_file`, or `user` and `password_file`, say who we are; `certificate_authorities` replace
    those of the machine.
    """

    name: str = Field(pattern=r"^[\w .()-]{1,60}$")
    url: HttpUrl
    projects: tuple[str, ...] = Field(min_length=1)
    token_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    certificate_authorities: Path | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.url.username or self.url.password or self.url.query or self.url.fragment:
            raise ValueError("url is the plain DICOMweb root; passwords have files of their own")
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user and password_file go together")
        if self.user is not None and self.token_file is not None:
            raise ValueError("either token_file or user and password_file")
        return self


class DimseSource(_Part):
    """A PACS that the named projects may pull from by C-FIND and C-GET.

    With `may_move` it may be asked by C-MOVE to send to our receiver where it offers no C-GET.
    With `tls` it is spoken to over TLS only; `certificate` and `key` say who we are, and
    `certificate_authorities` replace those of the machine.
    """

    name: str = Field(pattern=r"^[\w .()-]{1,60}$")
    host: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")
    port: int = Field(default=104, ge=1, le=65_535)
    called_ae_title: AeTitle
    calling_ae_title: AeTitle = "COLLIMATE"
    projects: tuple[str, ...] = Field(min_length=1)
    may_move: bool = False
    idle_seconds: int = Field(default=60, ge=5, le=3600)
    tls: bool = False
    certificate: Path | None = None
    key: Path | None = None
    certificate_authorities: Path | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        if not self.tls and (self.certificate or self.certificate_authorities):
            raise ValueError("certificates need tls = true")
        return self


class WaysIn(_Part):
    """Everything that is open besides the browser, the command line and STOW-RS."""

    receiver: Receiver | None = None
    folders: tuple[WatchedFolder, ...] = ()
    sources: tuple[Source, ...] = ()
    dimse_sources: tuple[DimseSource, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [source.name for source in self.all_sources]
        folders = [watched.folder for watched in self.folders]
        if len(names) != len(set(names)) or len(folders) != len(set(folders)):
            raise ValueError("a source's name or a folder stands there twice")
        if self.receiver is None and any(source.may_move for source in self.dimse_sources):
            raise ValueError("may_move needs a receiver, which takes what is sent")
        return self

    @property
    def all_sources(self) -> tuple[Source | DimseSource, ...]:
        """Every server that may be pulled from."""
        return (*self.sources, *self.dimse_sources)

    @property
    def needs_receiver(self) -> bool:
        """Whether there is anything for the receiver process to wait for."""
        return self.receiver is not None or bool(self.folders)


@lru_cache
def ways_in() -> WaysIn:
    """What the file opens; nothing where there is no file.

    Raises:
        WaysInUnusable: it cannot be read, or says something that cannot be meant.
    """
    path = settings().ways_in_path
    try:
        return WaysIn.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if settings().ways_in is not None:
            raise WaysInUnusable(f"{path}: there is no such file.") from None
        return WaysIn()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WaysInUnusable(f"{path}: {error}") from error
    except ValidationError as error:
        said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise WaysInUnusable(f"{path}: " + "; ".join(said)) from error
