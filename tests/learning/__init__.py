"""Tests of the learning station on a real PostgreSQL."""
