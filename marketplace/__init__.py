"""Direct Train: a consumption-aid marketplace that a host plugs into its own mall."""

__version__ = "0.1.0"
