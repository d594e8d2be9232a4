"""A model may answer clear cases by itself: off by default, bounded, audited, undone at will."""
