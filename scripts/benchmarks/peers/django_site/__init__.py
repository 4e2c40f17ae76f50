"""A Django project as its own documentation would have it: a chat room on Channels, a list on the ORM."""
