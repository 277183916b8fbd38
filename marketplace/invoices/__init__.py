"""Fapiao: what a buyer asks a supplier to invoice, what came in, and whether the three ways agree:
order, acceptance, invoice. The tax authority's service issues them, this place keeps and checks."""
