"""What the search backends share: words, the folder that swaps indexes, filters and orders."""
