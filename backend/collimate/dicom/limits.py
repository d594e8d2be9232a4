"""What a file from outside may cost at most: one table for code, tests and documentation."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """Upper bounds; byte counts unless the name says otherwise."""

    file_bytes: int = 1 * GIB
    header_bytes: int = 128 * MIB
    inflated_bytes: int = 512 * MIB
    inflate_free_bytes: int = 64 * MIB
    inflate_ratio: int = 100
    elements: int = 1_000_000
    nesting_depth: int = 32
    rows: int = 32_768
    columns: int = 32_768
    frames: int = 20_000
    frame_bytes: int = 512 * MIB
    decoded_bytes: int = 2 * GIB
    decoded_free_bytes: int = 64 * MIB
    decoded_ratio: int = 2_000
    uid_characters: int = 64
    cpu_s: int = 20
    cpu_s_per_mib: float = 2.0
    cpu_s_most: int = 300
    wall_factor: float = 4.0
    memory_bytes: int = 4 * GIB
    written_bytes: int = 3 * GIB
    open_files: int = 64
    reply_bytes: int = 64 * MIB
    thumbnail_pixels: int = 256
    rendered_pixels: int = 4_096
    zip_bytes: int = 8 * GIB
    zip_entries: int = 50_000
    zip_directory_bytes: int = 32 * MIB
    zip_total_bytes: int = 64 * GIB
    zip_ratio: int = 200
    zip_ratio_free_bytes: int = 64 * MIB

    def cpu_budget_s(self, source_bytes: int) -> int:
        """Seconds of processor time for a source of that size."""
        wanted = self.cpu_s + self.cpu_s_per_mib * source_bytes / MIB
        return max(1, min(int(wanted), max(self.cpu_s, self.cpu_s_most)))


LIMITS = Limits()
