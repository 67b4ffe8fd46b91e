"""Every verb at every human step of every flow: the scenes, the rules as a person would state them, the doors."""
