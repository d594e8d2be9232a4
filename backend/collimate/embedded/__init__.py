"""Everything on one machine: PostgreSQL from its wheel, the web process and the workers."""
