"""Projects from interventions: cash flow, value and return from the same hectares."""
