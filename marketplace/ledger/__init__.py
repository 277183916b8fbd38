"""Double entry in whole fen. Two books that never mix: money and budget. Entries are never changed.

Every transaction sums to zero. Debits are positive, credits negative.
"""
