"""Reads published weights with its rights given up: no network, no programs, no other files.

`python -m collimate.prompts.take PATH FOLDER`, see `ml/prompts/given/take.py`. Torch's reader runs
nothing of a file; should it ever be made to, there is nothing to reach.
"""

import os
import sys
from pathlib import Path

from collimate.dicom.child import harden
from collimate.dicom.confine import confine
from collimate.ml.prompts.given import take

NEEDED = (
    sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom",
    "/proc/cpuinfo", "/sys/devices/system/cpu",
)  # fmt: skip
"""What torch and the C library may still open."""


def main() -> None:
    """Give up what is not needed, then read."""
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    harden(os.getppid())
    given = path.parent if path.suffix == ".safetensors" else path
    # downloads are often folders of links to where the files lie
    linked = [one.resolve() for one in given.rglob("*") if one.is_symlink() and one.is_file()]
    needed = [*(Path(name) for name in NEEDED), Path(take.__file__).parents[3]]
    confine([*needed, given, *linked, folder], [folder])
    take.main()


if __name__ == "__main__":
    main()
