"""How people behave with each other in a room: who is let in, who leads, who shares, who is put out;
hands, reactions, and what becomes of a line of chat."""
