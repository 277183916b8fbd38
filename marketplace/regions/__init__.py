"""Where things are from: divisions with life spans, lists of designated counties, villages."""
