"""Forgetting what learning keeps of images in its work folder; all of it is made again."""

from collimate.kit.settings import settings


def forget_copies() -> int:
    """Remove fitted feature spaces and the pictures of encoder trainings; answers how many files.

    A training under way has its pictures mapped and goes on with them; a later one makes its own.
    """
    work = settings().home_path / "work"
    files = [*work.glob("spaces/*.safetensors"), *work.glob("encoders/*/images*.npy")]
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
