"""The case page and everything done on it. The views stand in `pages`, the values they show in the modules beside it."""
