"""A made-up world of real size and shape: SNOMED CT, LOINC, RxNorm and value sets, always the same.

Nothing in it is taken from a release: names are put together from word parts, identifiers are
counted up (with valid check digits). Only identifiers that the file formats name are real.
"""
