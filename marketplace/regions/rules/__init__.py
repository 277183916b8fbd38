"""Pure answers about places: names, successions, and what a broken table looks like."""
