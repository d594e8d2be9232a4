"""Segmentation from prompts, live: what a reader points at, and the mask that answers."""
