"""Finance cases as workbooks: written with live formulas, read again with what was changed in them."""
