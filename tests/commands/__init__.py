"""The verbs on the command line, as an operator types them."""
