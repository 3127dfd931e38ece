"""Numbers, printed and never asserted: ratios within one run."""
