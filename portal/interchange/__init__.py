"""Programmes of conferences as files: reading and checking them, comparing with ours, writing either way.

`reading.read` makes bytes a Programme, `programme_of.programme_of` makes an event one, `comparison.compare` tells two apart,
`actions.import_programme` applies the difference, `json_writer`, `xml_writer` and `calendar_writer` publish an event.
"""
