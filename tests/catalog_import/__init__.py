"""The pure reader: bytes in, rows and problems out."""
