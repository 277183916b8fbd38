"""The promise to buy: basket, checkout on the server's prices, one order per supplier, delivery.

What made a good eligible when it was sold is frozen in the order line and never looked up again.
"""
