"""Long random histories beside a model in plain Python, on both databases."""
