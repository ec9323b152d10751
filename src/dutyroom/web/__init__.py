"""The pages: report, board, case, my duty, plan; forms and a small JSON API. No rule of its own."""
