"""What the service does without being asked: revocation lists, next year's keys."""
