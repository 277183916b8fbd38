"""The whole main job in a real browser."""
