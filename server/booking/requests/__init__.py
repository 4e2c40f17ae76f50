"""What learners ask of a mentor: a topic and a time, before there is a session of it."""
