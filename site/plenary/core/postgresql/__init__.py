"""A database engine of our own: PostgreSQL, asked less often whether it is still there."""
