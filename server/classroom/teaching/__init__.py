"""What a lesson leaves behind: polls, shared notes, the whiteboard, the timer, and the words of its
end."""
