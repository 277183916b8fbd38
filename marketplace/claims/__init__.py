"""When goods are not as they were sold, or not wanted after all: claims by their buyers, answers by
their suppliers, decisions by the operator, each in its time; and what buyers say of what they got.
"""
