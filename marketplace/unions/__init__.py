"""Who buys together: unions, their members, and budgets with their source of funds."""
