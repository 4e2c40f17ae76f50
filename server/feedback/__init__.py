"""What people say of a lesson that they attended, and what mentors' ratings come to."""
