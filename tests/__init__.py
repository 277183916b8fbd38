"""Tests read as sentences; people have names; parts are real."""
