"""Cohorts: studies chosen once, by name."""
