"""Contracts for those who write adapters: tests to be subclassed, in no need of our own suite."""
