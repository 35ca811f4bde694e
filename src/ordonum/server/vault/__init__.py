"""The service's keys, in a file outside the database, and all that is done with them. No SQL, no HTTP."""
