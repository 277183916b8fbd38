"""`python -m marketplace` prints the verbs, `python -m marketplace serve` runs one."""

from marketplace.commands import main

main()
