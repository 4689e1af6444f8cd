"""InVEST's parameter sets, tables and rasters as inputs of our models, and results under InVEST's names."""
