"""The promises of the house as tests: contracts, sizes, access, words, locks, the wheel."""
