"""Prints the names of Python's own modules, one a line."""
import sys

print("\n".join(sorted(sys.stdlib_module_names)))
