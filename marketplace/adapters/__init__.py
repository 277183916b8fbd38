"""Backends behind our ports; each stands in one file and is chosen by name in the configuration."""
