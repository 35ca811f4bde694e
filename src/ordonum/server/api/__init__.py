"""HTTP: bytes in, one use case, bytes out. The only place that knows status codes."""
