"""Sales statistics: one fact per order line on *paid*, a negative one when its money went back.

Every figure is a sum of facts, opens to their order lines, and ties to the ledger.
"""
