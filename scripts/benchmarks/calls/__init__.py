"""Calls as their people have them: how soon they see each other, and what being there costs."""
