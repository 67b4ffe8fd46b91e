"""PostgreSQL and Redis for the demo and the tests; production brings its own."""
