"""Money is an amount with a currency and the year whose prices it is in."""

from __future__ import annotations

from dataclasses import dataclass

from onekl_desktop.base.units import format_number


@dataclass(frozen=True)
class Money:
    """An amount in a currency (ISO 4217) at the prices of a year."""

    amount: float
    currency: str
    price_year: int

    def __add__(self, other: Money) -> Money:
        if (self.currency, self.price_year) != (other.currency, other.price_year):
            raise ValueError(f"cannot add {self.currency} {self.price_year} and {other.currency} {other.price_year}")
        return Money(self.amount + other.amount, self.currency, self.price_year)

    def __str__(self) -> str:
        return f"{self.currency} {format_number(self.amount)}"


def money_unit(currency: str, price_year: int) -> str:
    """How a column of amounts is headed: `USD, prices of 2026`."""
    return f"{currency} {price_year}"
