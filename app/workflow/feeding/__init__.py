"""How an office feeds itself: tables that people import or enter, previewed row by row, confirmed by a second person.

A new table is a declaration (``tables.Table``): its columns, what a row is known by, what may stand in it, what enters it.
"""
