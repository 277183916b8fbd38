"""Many at once: threads that begin together, processes killed, connections cut."""
