"""The case page and what is done on it. The views stand in `pages`, the values they show in the modules beside it."""
