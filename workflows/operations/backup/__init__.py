"""A plant in a folder: the database as one moment saw it, the files its rows name, and a signed manifest of digests."""
