"""What buyers say of the goods that they received."""
