"""The pages of days off and special periods, and of outside warnings; and the door for feeds of warnings."""
