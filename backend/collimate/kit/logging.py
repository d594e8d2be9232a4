"""Structured logs on standard error: ids and numbers, never DICOM values."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

CONTROL: dict[int, str] = dict.fromkeys(range(32), " ")


def _one_line(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Values cannot break out of their line."""
    return {
        key: value.translate(CONTROL) if isinstance(value, str) else value
        for key, value in event.items()
    }


def configure(process: str) -> None:
    """Send every log line of this process, named `process`, to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _one_line,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    structlog.contextvars.bind_contextvars(process=process)


def logger() -> Any:
    """The logger of the calling module."""
    return structlog.get_logger()
