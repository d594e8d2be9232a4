"""A project to bring images into, as the tests of studies have it."""

from tests.studies.conftest import (  # noqa: F401
    _nothing_remembered,
    _sandbox_ends,
    archive,
    make_archive,
    member,
    owner,
    web,
)
