"""The zone as visitors see it."""
