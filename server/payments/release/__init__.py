"""What a lesson earned becomes its mentor's and ours, when nobody can object any more."""
