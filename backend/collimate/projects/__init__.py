"""A question asked of a set of studies: its members, its rules, its label schema."""
