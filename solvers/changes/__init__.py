"""What if: named changes to a formulation, written as a person writes them, and scenarios answered side by side."""
