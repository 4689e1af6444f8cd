"""Which practice on which unit of land: the best choice under budgets, targets and fair shares, and what it would take."""
