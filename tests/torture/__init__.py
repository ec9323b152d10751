"""What happens when processes die at the worst moment: whole installations, real kills, an oracle of their own."""
