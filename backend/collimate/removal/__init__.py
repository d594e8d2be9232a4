"""Studies that were deleted: back again, or purged; and patients erased everywhere."""
