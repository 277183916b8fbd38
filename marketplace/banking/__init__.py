"""What the bank says: statements taken in once, their lines matched with what waits for money.

Nothing is guessed: only a reference and the exact amount settle by themselves, everything else
waits for a person on a clearing account that must return to zero.
"""
