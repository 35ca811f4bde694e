"""The only SQL for the service's database."""
