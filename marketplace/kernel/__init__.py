"""What everything else is made of: money, states, errors, ids, times. Knows nobody."""
