"""How dates and numbers are written in the admin where Django has no form of its own, or one that misleads."""
