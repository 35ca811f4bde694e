"""The French web applications. They stand on the client: what they do, any publisher's software can do."""
