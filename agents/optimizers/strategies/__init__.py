"""Ways of searching, a file each: what makes a step of each out of the pieces of `search`."""
