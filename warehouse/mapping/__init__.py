"""Maps: a company's own tables and columns read as the contract's, by a declared grammar.

A map is a TOML file. `declaration` says what it can say, `reading` parses and validates it,
`catalog` holds what the warehouse really has, and `translation` puts the mapped tables in front
of a select as common table expressions. No text of the file is ever run as SQL.
"""
