"""Bulk buying by unions: a plan for N people at X yuan each, approved by somebody else.

What was approved is hashed, and exactly that is ordered.
"""
