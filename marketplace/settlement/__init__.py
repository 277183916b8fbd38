"""What suppliers are owed and get: statements of completed orders, payouts by two persons.

Owed at completion, stated once a period, confirmed by the supplier, paid to his confirmed account.
The money itself stands in the ledger; here is what it is owed for, and how it left.
"""
