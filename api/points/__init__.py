"""Point operations in their plain form, answered from the bytes of a request at once.

The seam (docs/decisions/0015): an operation gives a `Point` (`api.points.point`): which parameters
it takes as plain text or as a plain Coding, and a function from the content and those texts to the
bytes of the answer. `api.points.table` lists the points; `api.points.answers` finds the point of a
request, reads query or body, asks it, and gives tag and headers. All that is not plain (another
parameter, one given twice, a header that changes the answer) goes the ordinary way, whose bytes are
the same: a property test compares both (`tests/property/test_points_agree.py`).

A new point is a module here with the function and its `Point`, and its line in `table`. What is the
same for many requests belongs into `Terminology.remembered` (it goes when packs change), as a
`Form` (`api.points.form`) where it is the answer's bytes but for a few texts.
"""
