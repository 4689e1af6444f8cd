"""Scenarios: interventions drawn once, their effect on land cover, carbon, money and work, side by side."""
