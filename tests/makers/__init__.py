"""Makers: phrases that bring a thing about through the services, as people would."""
