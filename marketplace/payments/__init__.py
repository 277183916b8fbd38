"""Moving money: one payment per purchase, by card or by bank transfer; refunds per order.

A payment is settled once and for the whole amount. Whatever is bought stands above: purchases and
orders are known here by their ids alone.
"""
