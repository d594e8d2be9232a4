"""Frozen, hashed sets of accepted reads, split by patient, and their exports."""
