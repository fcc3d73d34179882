"""The names of this machine on itself: who asks for one of them sits at it."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
