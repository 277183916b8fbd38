"""Our own application: factory, sign-in, sessions, headers. A host that mounts us uses none of it."""
