"""The measuring instrument: rate, latency, CPU and memory of the service against a yardstick of the same run."""
