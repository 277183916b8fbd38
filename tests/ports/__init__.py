"""One contract test per port, run against every implementation."""
