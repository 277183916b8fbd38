"""The reviewer's desk: everything that waits for a decision, longest first."""
