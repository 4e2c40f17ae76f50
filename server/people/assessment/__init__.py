"""Questionnaires that find out how well somebody knows a skill: a provisional level, never verified."""
