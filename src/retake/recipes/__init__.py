"""Recipes: from what a user has (a story) to a timeline document."""
