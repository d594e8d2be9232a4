"""Pulling studies from a PACS that speaks DICOMweb, as far as `ways_in.toml` opens it."""
