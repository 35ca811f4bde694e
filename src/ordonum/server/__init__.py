"""The service that registers prescriptions. It knows nothing of screens."""
