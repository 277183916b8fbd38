"""What breaks while people buy, pay and are paid, and what is left of it; see __main__.py."""
