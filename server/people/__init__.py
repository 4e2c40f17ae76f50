"""People as teachers and learners: skills, interests, mentor profiles and their approval."""
