"""Knowledge: the library and its evidence, search over everything, the glossary, and lessons on a sample."""
