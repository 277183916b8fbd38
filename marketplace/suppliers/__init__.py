"""Who may sell: firms, cooperatives and families show their papers; somebody else checks them.

An application is drafted, submitted, then approved by a person who did not submit it, or returned
with the reason. Whether papers are valid is never stored: it is computed at the instant asked.
"""
