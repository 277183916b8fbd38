"""The outside world as a few small Protocols, in our words; adapters fulfil them."""
