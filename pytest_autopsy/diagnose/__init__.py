"""A set of failures and the run they come from -> ranked suspects, each with its evidence.

One module a kind of evidence (a plain function from a Case to Findings), one that weighs them.
"""
