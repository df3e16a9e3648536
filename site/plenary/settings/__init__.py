"""Settings by environment: development (default), test, production. `base` holds what they share."""
