"""Hunts: a place is pointed at, and the places of the pool that look like it are found."""
