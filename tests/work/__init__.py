"""The mechanisms below everyone: tables, outbox, trail."""
