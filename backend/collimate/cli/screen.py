"""What commands print with: words for people on standard error, results on standard output."""

import logging
import sys

import structlog
from rich.console import Console

console = Console(stderr=True, highlight=False)
# A pipe has no width of its own; eighty columns would break tables into pieces.
output = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)


def keep_logs_quiet() -> None:
    """Show warnings only: a command tells its progress itself."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
