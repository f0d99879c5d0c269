"""Joins the engine and procurement: operations, intake of forms, starts, assignment."""
