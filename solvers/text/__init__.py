"""The text face of a formulation: the forgiving reader of `.five` texts and the printer of the one canonical form."""
