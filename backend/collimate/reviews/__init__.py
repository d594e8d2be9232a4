"""A second look: accept a read or return it to its reader."""
