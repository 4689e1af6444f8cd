"""A finance case as a workbook with live formulas: change an assumption in a spreadsheet and every figure follows.

What formulas do not follow: the horizon, the price basis, the timing and kinds of lines and loans (they shape the sheets), and the
sculpted DSCR, which is searched for: it stands as a number, and a check tells when it no longer repays the loan.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from onekl_desktop.base.errors import explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.exchange.finance.operations import Operations, added
from onekl_desktop.exchange.finance.sheets import (
    AMOUNT,
    FIRST,
    PERCENT,
    RATIO,
    Row,
    Table,
    column,
    put_text,
)
from onekl_desktop.models.finance.case import (
    AssetSale,
    Bullet,
    Explicit,
    Loan,
    Payments,
)
from onekl_desktop.models.finance.results import Model
from onekl_desktop.models.finance.run import CONVENTIONS

CASE_SHEET, PIECE = "_case", 30_000


def write_workbook(path: Path, model: Model, document: dict[str, Any], sources: dict[str, dict[str, Any]] | None = None) -> None:  # fmt: skip
    """Write the workbook under a temporary name and rename it when it is whole.

    Raises
    ------
    UserError
        A problem of the medium.
    """
    book = Writer(model, document, sources or {}).build()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        book.save(part)
        os.replace(part, path)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    finally:
        part.unlink(missing_ok=True)


def _rate(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4%}"


class Writer(Operations):
    """Builds the sheets in the order in which their formulas need one another."""

    def build(self) -> Workbook:
        """All sheets."""
        self._levers()
        self._header()
        for item in self.case.production:
            self._production(item)
        self._teams()
        self._project_lines()
        self._carbon()
        self._statement()
        self._financing()
        self._measures()
        self._farmer()
        self._check()
        self._conventions()
        self._results_of_the_program()
        self._keep_case()
        return self.book

    # ------------------------------------------------------------ profit, assets, cash before finance

    def _statement(self) -> None:
        sheet, case, add = self.profit, self.case, self.inputs.number
        unit, self.row = case.header.currency, dict[str, Row]()
        for name, label in (("product", "Products"), ("premium", "Premiums"), ("per_unit", "Other income per unit"), ("project", "Project"), ("carbon", "Carbon")):  # fmt: skip
            self.row[name] = sheet.add(label, lambda y, name=name: self._total(f"revenue_{name}", y), unit=unit, key=f"series.revenue_{name}")  # type: ignore[misc]  # fmt: skip
        put = self.row
        put["revenue"] = sheet.add("Total revenue", lambda y: added([put[name].at(y) for name in ("product", "premium", "per_unit", "project", "carbon")]), unit=unit, key="series.revenue_total", total=True)  # fmt: skip
        put["operating"] = sheet.add("Operating cost", lambda y: self._total("operating_cost", y), unit=unit, key="series.operating_cost")  # fmt: skip
        put["depreciation"] = sheet.add("Depreciation", lambda y: self._total("depreciation", y), unit=unit, key="series.depreciation")  # fmt: skip
        put["capital"] = self.cash.add("Capital cost", lambda y: self._total("capital_cost", y), unit=unit, key="series.capital_cost")  # fmt: skip
        last = case.horizon
        sale = case.terminal_value
        amount = add("/terminal_value/amount", "Sale of everything in the last year", sale.amount, unit) if isinstance(sale, AssetSale) else "0"  # fmt: skip
        level = self.index[unit].at(last) if isinstance(sale, AssetSale) and case.nominal and sale.indexed else "1"
        put["sale"] = self.cash.add("Asset sale", lambda y: f"{amount}*{level}" if y == last else "0", unit=unit, key="series.asset_sale")  # fmt: skip
        put["book"] = self.balance.add_own("Book value before a sale", lambda y, own: f"{own.at(y - 1)}+{put['capital'].at(y)}-{put['depreciation'].at(y)}", unit=unit)  # fmt: skip
        sold = isinstance(sale, AssetSale)
        put["assets"] = self.balance.add("Net fixed assets", lambda y: "0" if sold and y == last else put["book"].at(y), unit=unit, key="series.net_fixed_assets")  # fmt: skip
        rules = case.working_capital
        self.inputs.heading("Working capital and tax")
        cells = {name: add(f"/working_capital/{name}", name.replace("_", " ").capitalize(), getattr(rules, name)) for name in ("share_of_revenue", "receivable_days_of_revenue", "inventory_days_of_operating_cost", "payable_days_of_operating_cost")}  # fmt: skip
        put["nwc"] = self.balance.add(
            "Net working capital",
            lambda y: "0" if rules.released_in_final_year and y == last else f"({cells['share_of_revenue']}+{cells['receivable_days_of_revenue']}/365)*{put['revenue'].at(y)}+({cells['inventory_days_of_operating_cost']}-{cells['payable_days_of_operating_cost']})/365*{put['operating'].at(y)}",
            unit=unit, key="series.working_capital",
        )  # fmt: skip
        put["change"] = self.cash.add("Change of working capital", lambda y: f"{put['nwc'].at(y)}-{put['nwc'].at(y - 1)}", unit=unit, key="series.working_capital_change")  # fmt: skip
        put["before"] = sheet.add("Profit before finance and tax", lambda y: f"{put['revenue'].at(y)}-{put['operating'].at(y)}-{put['depreciation'].at(y)}+{put['sale'].at(y)}" + (f"-{put['book'].at(y)}" if sold and y == last else ""), unit=unit, total=True)  # fmt: skip
        put["pre_tax"] = self.cash.add("Pre-tax cash flow", lambda y: f"{put['revenue'].at(y)}-{put['operating'].at(y)}-{put['capital'].at(y)}-{put['change'].at(y)}+{put['sale'].at(y)}", unit=unit, key="series.pre_tax_cash_flow", total=True)  # fmt: skip
        tax = case.tax
        self.tax_rate = add("/tax/rate", "Tax rate", tax.rate, "fraction")
        self.carry = add("/tax/loss_carry_forward_years", "Losses are carried forward (empty: for ever)", tax.loss_carry_forward_years, "years")  # fmt: skip
        self.holiday = tuple(add(f"/tax/holiday/{name}", f"Tax holiday: {name.replace('_', ' ')}", getattr(tax.holiday, name) if tax.holiday else None) for name in ("from_year", "to_year"))  # fmt: skip
        put["tax_unlevered"] = self._tax("Unlevered tax", put["before"], "series.tax_unlevered")
        put["post_tax"] = self.cash.add("Post-tax cash flow, unlevered", lambda y: f"{put['pre_tax'].at(y)}-{put['tax_unlevered'].at(y)}", unit=unit, key="series.post_tax_cash_flow", total=True)  # fmt: skip
        put["days"] = self.schedule.add("Labour days", lambda y: self._total("labour_days", y), unit="days", key="series.labour_days")  # fmt: skip
        put["fte"] = self.schedule.add("Full-time equivalents", lambda y: f"{put['days'].at(y)}/{self.fte}", unit="FTE", key="series.full_time_equivalents")  # fmt: skip

    def _exempt(self, y: int) -> str:
        first, last = self.holiday
        t = self.profit.years.at(y)
        return f'AND({first}<>"",{t}>={first},{t}<={last})'

    def _tax(self, label: str, profit: Row, key: str) -> Row:
        """Tax with losses by the year they were made, oldest used first, forgotten after the carry-forward."""
        sheet, t = self.profit, self.profit.years
        sheet.heading(label)
        used_rows: list[Row] = []
        if self.case.tax.loss_carry_forward_years is None:
            number = sheet._next

            def pool(y: int, own: Row) -> str:
                used = Row(sheet.name, number + 1, sheet.last)
                return f"{own.at(y - 1)}-{used.at(y - 1)}+MAX(0,-{profit.at(y - 1)})" if y else "0"

            opening = sheet.add_own("Losses carried forward", pool)
            used_rows.append(sheet.add("Losses used", lambda y: f"IF({self._exempt(y)},0,MIN({opening.at(y)},MAX(0,{profit.at(y)})))"))  # fmt: skip
        else:
            for made in range(self.case.horizon):

                def used(y: int, own: Row, made: int = made, older: tuple[Row, ...] = tuple(used_rows)) -> str:
                    if y <= made:
                        return "0"
                    left = f"MAX(0,-{profit.at(made)})-SUM({own.upto(y - 1)})"
                    room = f"MAX(0,{profit.at(y)})" + "".join(f"-{row.at(y)}" for row in older)
                    return f"IF(OR({self._exempt(y)},{t.at(y)}-{made}>{self.carry}),0,MAX(0,MIN({left},{room})))"

                used_rows.append(sheet.add_own(f"Loss of t = {made}: used", used))
        rows = list(used_rows)
        return sheet.add(label, lambda y: f"IF({self._exempt(y)},0,{self.tax_rate}*(MAX(0,{profit.at(y)})-({added([row.at(y) for row in rows])})))", unit=self.case.header.currency, key=key)  # fmt: skip

    # ------------------------------------------------------------ who pays and who is paid

    def _financing(self) -> None:
        case, put, add = self.case, self.row, self.inputs.number
        unit, debt, cash, t = case.header.currency, self.debt, self.cash, self.debt.years
        self.inputs.heading("Finance")
        grants = [[(add(f"/grants/{grant.id}/by_year/{at}/year", f"{grant.name or grant.id}: year", one.year), add(f"/grants/{grant.id}/by_year/{at}/amount", f"{grant.name or grant.id}: amount", one.amount, unit)) for at, one in enumerate(grant.by_year)] for grant in case.grants]  # fmt: skip

        def paid_in(cells: list[tuple[str, str]], y: int) -> str:
            return added([f"IF({t.at(y)}={year},{amount},0)" for year, amount in cells])

        put["grants"] = cash.add("Grants", lambda y: added([paid_in(cells, y) for cells in grants]), unit=unit, key="series.grants")  # fmt: skip
        taxable = [cells for cells, grant in zip(grants, case.grants, strict=True) if grant.taxable]
        self.loan: dict[str, dict[str, Row]] = {}
        self.terms: dict[str, dict[str, str]] = {}
        # The rows of a loan refer to CFADS, which lies below them: its place is fixed first.
        for loan in case.loans:
            self._loan_inputs(loan, paid_in)
        opening_all = [self.loan[loan.id]["opening"] for loan in case.loans]
        draws_all = [self.loan[loan.id]["draws"] for loan in case.loans]
        accrued_all = [self.loan[loan.id]["accrued"] for loan in case.loans]
        paid_all = [self.loan[loan.id]["paid"] for loan in case.loans]
        principal_all = [self.loan[loan.id]["principal"] for loan in case.loans]
        debt.heading("All loans")
        put["draws"] = debt.add("Draws", lambda y: added([row.at(y) for row in draws_all]), unit=unit, key="series.loan_draws")  # fmt: skip
        put["fees"] = debt.add("Loan fees", lambda y: added([f"{row.at(y)}*{self.terms[loan.id]['fee']}" for row, loan in zip(draws_all, case.loans, strict=True)]), unit=unit, key="series.loan_fees")  # fmt: skip
        put["accrued"] = debt.add("Interest accrued", lambda y: added([row.at(y) for row in accrued_all]), unit=unit, key="series.interest_accrued")  # fmt: skip
        put["interest"] = debt.add("Interest paid", lambda y: added([row.at(y) for row in paid_all]), unit=unit, key="series.interest_paid")  # fmt: skip
        supports = case.credit_support
        cells = {one.id: {name: add(f"/credit_support/{one.id}/{name}", f"{one.name or one.id}: {name.replace('_', ' ')}", getattr(one, name)) for name in ("cap_amount", "cover_share", "annual_fee_share_of_debt", "from_year", "to_year", "recovery_share_of_surplus")} for one in supports}  # fmt: skip

        def in_force(id: str, y: int) -> str:
            return f"AND({t.at(y)}>={cells[id]['from_year']},{t.at(y)}<={cells[id]['to_year']})"

        put["support_fees"] = debt.add("Support fees", lambda y: added([f"IF({in_force(one.id, y)},{cells[one.id]['annual_fee_share_of_debt']}*({added([row.at(y) for row in opening_all])}),0)" for one in supports]), unit=unit, key="series.support_fees")  # fmt: skip
        profit = self.profit.add("Taxable profit", lambda y: f"{put['before'].at(y)}-{put['accrued'].at(y)}-{put['fees'].at(y)}-{put['support_fees'].at(y)}+{added([paid_in(rows, y) for rows in taxable])}", unit=unit)  # fmt: skip
        put["tax"] = self._tax("Tax", profit, "series.tax")
        put["net_profit"] = self.profit.add("Net profit", lambda y: f"{put['before'].at(y)}-{put['accrued'].at(y)}-{put['fees'].at(y)}-{put['support_fees'].at(y)}-{put['tax'].at(y)}", unit=unit, key="series.net_profit", total=True)  # fmt: skip
        put["cfads"] = cash.add("CFADS", lambda y: f"{put['revenue'].at(y)}-{put['operating'].at(y)}-{put['tax'].at(y)}-{put['change'].at(y)}-MAX(0,{put['capital'].at(y)}-{put['grants'].at(y)}-{put['draws'].at(y)})", unit=unit, key="series.cfads", total=True)  # fmt: skip
        self._sculpt()
        put["principal"] = debt.add("Principal paid", lambda y: added([row.at(y) for row in principal_all]), unit=unit, key="series.principal_paid")  # fmt: skip
        put["debt"] = debt.add("Debt at the end of the year", lambda y: added([self.loan[loan.id]["closing"].at(y) for loan in case.loans]), unit=unit, key="series.debt_balance", total=True)  # fmt: skip
        put["service"] = debt.add("Debt service", lambda y: f"{put['interest'].at(y)}+{put['principal'].at(y)}", unit=unit, total=True)  # fmt: skip
        self._support(cells, in_force)

    def _loan_inputs(self, loan: Loan, paid_in: Any) -> None:
        add, debt, place, name = self.inputs.number, self.debt, f"/loans/{loan.id}", loan.name or loan.id
        unit, t, plan = self.case.header.currency, self.debt.years, loan.principal
        drawn = [(add(f"{place}/draws/{at}/year", f"{name}: draw {at + 1}, year", one.year), add(f"{place}/draws/{at}/amount", f"{name}: draw {at + 1}", one.amount, unit)) for at, one in enumerate(loan.draws)]  # fmt: skip
        terms = {"rate": add(f"{place}/interest_per_year", f"{name}: interest", loan.interest_per_year, "fraction"), "fee": add(f"{place}/upfront_fee_share", f"{name}: fee on draws", loan.upfront_fee_share, "fraction")}  # fmt: skip
        listed: list[tuple[str, str]] = []
        if isinstance(plan, Payments):
            terms["first"] = add(f"{place}/principal/first_year", f"{name}: first principal year", plan.first_year)
            terms["count"] = add(f"{place}/principal/payments", f"{name}: payments", plan.payments)
            terms["last"] = f"({terms['first']}+{terms['count']}-1)"
        elif isinstance(plan, Bullet):
            terms["first"] = terms["last"] = add(f"{place}/principal/year", f"{name}: repaid in", plan.year)
        else:
            assert isinstance(plan, Explicit)
            listed = [(add(f"{place}/principal/by_year/{at}/year", f"{name}: instalment {at + 1}, year", one.year), add(f"{place}/principal/by_year/{at}/amount", f"{name}: instalment {at + 1}", one.amount, unit)) for at, one in enumerate(plan.by_year)]  # fmt: skip
            terms["first"] = "MIN(" + ",".join(f"IF({amount}>0,{year},999)" for year, amount in listed) + ")"
            terms["last"] = "MAX(" + ",".join(f"IF({amount}>0,{year},-1)" for year, amount in listed) + ")"
        self.terms[loan.id] = terms
        debt.heading(name)
        first = debt._next
        names = ("draws", "opening", "accrued", "paid", "base", "principal", "closing")
        at = {row: Row(debt.name, first + number, debt.last) for number, row in enumerate(names)}
        within = lambda y: f"AND({t.at(y)}>={terms['first']},{t.at(y)}<={terms['last']})"  # noqa: E731
        debt.add("Draws", lambda y: paid_in(drawn, y), unit=unit)
        debt.add("Opening balance", lambda y: at["closing"].at(y - 1), unit=unit)
        debt.add("Interest accrued", lambda y: f"{terms['rate']}*{at['opening'].at(y)}", unit=unit)
        kept = loan.interest_during_grace == "capitalised"
        debt.add("Interest paid", lambda y: f"IF({t.at(y)}<{terms['first']},0,{at['accrued'].at(y)})" if kept else at["accrued"].at(y), unit=unit)  # fmt: skip
        debt.add("Balance when repayment begins", lambda y: f"IF({t.at(y)}={terms['first']},{at['opening'].at(y)},{at['base'].at(y - 1)})", unit=unit)  # fmt: skip

        def principal(y: int) -> str:
            base = at["base"].at(y)
            if isinstance(plan, Bullet):
                return f"IF({t.at(y)}={terms['first']},{at['opening'].at(y)},0)"
            if isinstance(plan, Explicit):
                return added([f"IF({t.at(y)}={year},{amount},0)" for year, amount in listed])
            if plan.kind == "equal":
                return f"IF({within(y)},{base}/{terms['count']},0)"
            if plan.kind == "annuity":
                rate = terms["rate"]
                return f"IF({within(y)},IF({rate}=0,{base}/{terms['count']},{base}*{rate}/(1-(1+{rate})^-{terms['count']})-{at['accrued'].at(y)}),0)"  # fmt: skip
            return "0"  # sculpted: told below, when CFADS has its place

        debt.add("Principal", principal, unit=unit)
        debt.add("Closing balance", lambda y: f"{at['opening'].at(y)}+{at['draws'].at(y)}+{at['accrued'].at(y)}-{at['paid'].at(y)}-{at['principal'].at(y)}", unit=unit, total=True)  # fmt: skip
        self.loan[loan.id] = at

    def _sculpt(self) -> None:
        """The principal of a sculpted loan: what CFADS leaves at the DSCR, never negative, never more than is owed."""
        put, t = self.row, self.debt.years
        for loan in self.case.loans:
            plan = loan.principal
            if not (isinstance(plan, Payments) and plan.kind == "sculpted"):
                continue
            found = self.model.financing.sculpted_dscr
            cell = self.debt.single("DSCR of the sculpted loan (searched for; search again after changes)", f"{found if found is not None else 1e12!r}", key="debt.sculpted_dscr", shape="0.000000")  # fmt: skip
            at, others = self.loan[loan.id], [rows["principal"] for id, rows in self.loan.items() if id != loan.id]
            terms = self.terms[loan.id]
            for y in range(self.case.horizon + 1):
                inside = f"AND({t.at(y)}>={terms['first']},{t.at(y)}<={terms['last']})"
                room = f"{put['cfads'].at(y)}/{cell}-{put['interest'].at(y)}-({added([row.at(y) for row in others])})"
                self.debt.sheet.cell(at["principal"].number, FIRST + y).value = f"=IF({inside},MIN({at['opening'].at(y)},MAX(0,{room})),0)"  # fmt: skip

    def _support(self, cells: dict[str, dict[str, str]], in_force: Any) -> None:
        case, put, cash, t = self.case, self.row, self.cash, self.cash.years
        unit, keeper, supports = case.header.currency, case.equity.reserve, case.credit_support
        add, last = self.inputs.number, case.horizon
        cash.heading("Debt service and who helps")
        first = cash._next
        if keeper is not None:
            target = add("/equity/reserve/target_amount", "Reserve: target", keeper.target_amount, unit)
            start = add("/equity/reserve/from_year", "Reserve: from year", keeper.from_year)
            given = add("/equity/reserve/release_year", "Reserve: released in (empty: the last year)", keeper.release_year)  # fmt: skip
            release = f'IF({given}="",{last},{given})'
        count = len(supports)
        # rows in order: shortfall, paid by reserve, paid by each support, net, top-up, reserve, recovered by each (reverse), equity
        place = {"shortfall": first, "from_reserve": first + 1, "net": first + 2 + count, "top_up": first + 3 + count, "reserve": first + 4 + count}  # fmt: skip
        row = {name: Row(cash.name, number, last) for name, number in place.items()}
        pays = {one.id: Row(cash.name, first + 2 + at, last) for at, one in enumerate(supports)}
        back = {one.id: Row(cash.name, first + 5 + count + at, last) for at, one in enumerate(reversed(supports))}
        cash.add("Shortfall of debt service", lambda y: f"MAX(0,{put['service'].at(y)}-MAX(0,{put['cfads'].at(y)}))", unit=unit)  # fmt: skip
        cash.add("Paid by the reserve", lambda y: f"MIN({row['reserve'].at(y - 1)},{row['shortfall'].at(y)})", unit=unit)  # fmt: skip
        for at, one in enumerate(supports):
            before = [pays[other.id] for other in supports[:at]]

            def pay(y: int, own: Row, one: Any = one, before: list[Row] = before) -> str:
                left = f"{row['shortfall'].at(y)}-{row['from_reserve'].at(y)}" + "".join(f"-{each.at(y)}" for each in before)  # fmt: skip
                used = f"SUM({own.upto(y - 1)})" if y else "0"
                return f"IF({in_force(one.id, y)},MIN({cells[one.id]['cover_share']}*({left}),{cells[one.id]['cap_amount']}-{used}),0)"  # fmt: skip

            cash.add_own(f"Paid by {one.name or one.id}", pay, unit=unit)
        paid = lambda y: added([pays[one.id].at(y) for one in supports])  # noqa: E731
        released = lambda y: f"IF({t.at(y)}={release},{row['reserve'].at(y - 1)}-{row['from_reserve'].at(y)},0)" if keeper is not None else "0"  # noqa: E731  # fmt: skip
        cash.add("Net of everything", lambda y: f"{put['pre_tax'].at(y)}-{put['tax'].at(y)}+{put['draws'].at(y)}+{put['grants'].at(y)}-{put['fees'].at(y)}-{put['support_fees'].at(y)}-{put['service'].at(y)}+{row['from_reserve'].at(y)}+{paid(y)}+{released(y)}", unit=unit, total=True)  # fmt: skip
        cash.add("Into the reserve", lambda y: f"IF(AND({row['net'].at(y)}>0,{t.at(y)}>={start},{t.at(y)}<{release}),MIN({row['net'].at(y)},MAX(0,{target}-({row['reserve'].at(y - 1)}-{row['from_reserve'].at(y)}))),0)" if keeper is not None else "0", unit=unit)  # fmt: skip
        put["reserve"] = cash.add("Reserve at the end of the year", lambda y: f"{row['reserve'].at(y - 1)}-{row['from_reserve'].at(y)}-{released(y)}+{row['top_up'].at(y)}", unit=unit, key="series.reserve_balance")  # fmt: skip
        done: list[Row] = []
        for one in reversed(supports):

            def recover(y: int, own: Row, one: Any = one, before: tuple[Row, ...] = tuple(done)) -> str:
                owed = f"SUM({pays[one.id].upto(y)})-" + (f"SUM({own.upto(y - 1)})" if y else "0")
                left = f"{row['net'].at(y)}-{row['top_up'].at(y)}" + "".join(f"-{each.at(y)}" for each in before)
                return f"IF({row['net'].at(y)}>0,MIN({owed},{cells[one.id]['recovery_share_of_surplus']}*({left})),0)"

            cash.add_own(f"Taken back by {one.name or one.id}", recover, unit=unit)
            done.append(back[one.id])
        put["support_paid"] = cash.add("Paid by supports", paid, unit=unit, key="series.support_paid")
        put["recovered"] = cash.add("Taken back by supports", lambda y: added([each.at(y) for each in done]), unit=unit, key="series.support_recovered")  # fmt: skip
        put["owed"] = cash.add_own("Owed to supports", lambda y, own: f"{own.at(y - 1)}+{put['support_paid'].at(y)}-{put['recovered'].at(y)}", unit=unit, key="series.support_outstanding")  # fmt: skip
        put["equity"] = cash.add("Equity flow", lambda y: f"{row['net'].at(y)}-{row['top_up'].at(y)}-{put['recovered'].at(y)}", unit=unit, key="series.equity_flow", total=True)  # fmt: skip
        put["from_reserve"], put["net"] = row["from_reserve"], row["net"]
        self._books()

    def _books(self) -> None:
        put, sheet, unit = self.row, self.balance, self.case.header.currency
        total = sheet.add("Assets", lambda y: f"{put['assets'].at(y)}+{put['nwc'].at(y)}+{put['reserve'].at(y)}", unit=unit, total=True)  # fmt: skip
        paid_in = sheet.add_own("Paid-in equity", lambda y, own: f"{own.at(y - 1)}+MAX(0,-{put['equity'].at(y)})", unit=unit)  # fmt: skip
        grants = sheet.add_own("Grant reserve", lambda y, own: f"{own.at(y - 1)}+{put['grants'].at(y)}", unit=unit)
        kept = sheet.add_own("Retained earnings", lambda y, own: f"{own.at(y - 1)}+{put['net_profit'].at(y)}-MAX(0,{put['equity'].at(y)})", unit=unit)  # fmt: skip
        owed = sheet.add("Liabilities and equity", lambda y: f"{put['debt'].at(y)}+{put['owed'].at(y)}+{paid_in.at(y)}+{grants.at(y)}+{kept.at(y)}", unit=unit, total=True)  # fmt: skip
        put["balance_check"] = self.checks.add("Balance: assets - liabilities and equity", lambda y: f"{total.at(y)}-{owed.at(y)}", unit=unit, key="series.balance_check", shape="0.000000")  # fmt: skip
        put["cash_check"] = self.checks.add(
            "Cash: all in - all out",
            lambda y: f"{put['pre_tax'].at(y)}-{put['tax'].at(y)}+{put['draws'].at(y)}+{put['grants'].at(y)}-{put['fees'].at(y)}-{put['support_fees'].at(y)}-{put['interest'].at(y)}-{put['principal'].at(y)}+{put['support_paid'].at(y)}-{put['recovered'].at(y)}-({put['reserve'].at(y)}-{put['reserve'].at(y - 1)})-{put['equity'].at(y)}",
            unit=unit, key="series.cash_check", shape="0.000000",
        )  # fmt: skip

    # ------------------------------------------------------------ measures

    def _measures(self) -> None:
        put, sheet, case = self.row, self.ratios, self.case
        with_grants = self.cash.add("Pre-tax cash flow with grants", lambda y: f"{put['pre_tax'].at(y)}+{put['grants'].at(y)}", unit=case.header.currency)  # fmt: skip
        for name, label, row, rate in (
            ("project", "Project, pre-tax", put["pre_tax"], self.rate), ("project_post_tax", "Project, post-tax", put["post_tax"], self.rate),
            ("project_with_grants", "Project with grants", with_grants, self.rate), ("equity", "Equity", put["equity"], self.equity_rate),
        ):  # fmt: skip
            self._block(name, label, row, rate)
        sheet.heading("Project")
        npv = lambda row: f"SUMPRODUCT({row.all}/(1+{self.rate})^{self.tau.all})"  # noqa: E731
        benefits = sheet.single("PV of benefits", f"{npv(put['revenue'])}+{npv(put['sale'])}", key="project.pv_benefits")  # fmt: skip
        costs = sheet.single("PV of costs", f"{npv(put['operating'])}+{npv(put['capital'])}", key="project.pv_costs")
        sheet.single("PV of the change of working capital", npv(put["change"]), key="project.pv_working_capital")
        sheet.single("Benefit-cost ratio", f'IF({costs}=0,"",{benefits}/{costs})', key="project.benefit_cost_ratio", shape=RATIO)  # fmt: skip
        growth = f"(1+{self.rate})^{case.horizon}"
        sheet.single("Equivalent annual annuity", f"IF({self.rate}=0,{npv(put['pre_tax'])}/{case.horizon},{npv(put['pre_tax'])}*{self.rate}*{growth}/({growth}-1))", key="project.equivalent_annual_annuity")  # fmt: skip
        equity = put["equity"].all
        called = sheet.single("Equity called", f'-SUMIF({equity},"<0")', key="equity.called")
        distributed = sheet.single("Equity distributed", f'SUMIF({equity},">0")', key="equity.distributed")
        sheet.single("Multiple", f'IF({called}=0,"",{distributed}/{called})', key="equity.multiple", shape=RATIO)
        if case.loans:
            self._debt_ratios()
        gross = sheet.single("Gross tCO2e", f"SUM({self.gross.all})", unit="t", key="carbon.gross_tco2e")
        sheet.single("Issued tCO2e", f"SUM({self.issued.all})", unit="t", key="carbon.issued_tco2e")
        sheet.single("PV of costs per gross tCO2e", f'IF({gross}=0,"",{costs}/{gross})', key="carbon.pv_cost_per_gross_tco2e")  # fmt: skip
        soft = [f"SUM({self.loan[loan.id]['draws'].all})" for loan in case.loans if loan.concessional]
        soft += [f"{self.inputs_cell(f'/credit_support/{one.id}/cap_amount')}" for one in case.credit_support if one.kind == "first_loss"]  # fmt: skip
        money = sheet.single("Concessional money", added([f"SUM({put['grants'].all})", *soft]), key="leverage.concessional_money")  # fmt: skip
        hard = added([f"SUM({self.loan[loan.id]['draws'].all})" for loan in case.loans if not loan.concessional])
        sheet.single("Commercial debt / concessional money", f'IF({money}=0,"",({hard})/{money})', key="leverage.commercial_debt_to_concessional", shape=RATIO)  # fmt: skip
        sheet.single("Private / concessional money", f'IF({money}=0,"",({hard}+{called})/{money})', key="leverage.private_to_concessional", shape=RATIO)  # fmt: skip

    def inputs_cell(self, field: str) -> str:
        """The cell of an assumption."""
        return f"Assumptions!$C${self.inputs.places[field]}"

    def _block(self, name: str, label: str, row: Row, rate: str) -> None:
        sheet, figures = self.ratios, self.model.figures
        sheet.heading(label)
        sheet.single("NPV", f"SUMPRODUCT({row.all}/(1+{rate})^{self.tau.all})", unit=self.case.header.currency, key=f"{name}.npv")  # fmt: skip
        irr = figures[f"{name}.irr"]
        if irr is not None:
            mid = self.case.header.timing == "mid_period"
            if mid:  # on half-years: year t falls on half-year 2 t - 1
                halves = sheet.add(f"{label} on half-years (t = 0, 0.5, 1 …)", lambda y: row.at(0) if y == 0 else row.at((y + 1) // 2) if y % 2 else "0")  # fmt: skip
                for half in range(self.case.horizon + 1, 2 * self.case.horizon):
                    value = f"={row.at((half + 1) // 2)}" if half % 2 else 0
                    sheet.sheet.cell(halves.number, FIRST + half, value).number_format = AMOUNT
                whole = f"'{sheet.name}'!${column(0)}${halves.number}:${get_column_letter(FIRST + 2 * self.case.horizon - 1)}${halves.number}"  # fmt: skip
                guess = round((1 + irr) ** 0.5 - 1, 3)
                sheet.single("IRR", f"(1+IRR({whole},{guess}))^2-1", key=f"{name}.irr", shape=PERCENT)
            else:
                sheet.single("IRR", f"IRR({row.all},{round(irr, 2)})", key=f"{name}.irr", shape=PERCENT)
        else:
            roots = figures[f"{name}.irr_roots"]
            sheet.note(f"IRR: {'undefined' if not roots else 'several, see MIRR: ' + ', '.join(f'{root:.4%}' for root in roots)} (when written)")  # fmt: skip
        if self.mirr is not None and figures[f"{name}.mirr"] is not None:
            finance, reinvest = self.mirr
            last = self.tau.at(self.case.horizon)
            future = f"SUMPRODUCT({row.all}*({row.all}>0)*(1+{reinvest})^({last}-{self.tau.all}))"
            present = f"SUMPRODUCT({row.all}*({row.all}<0)/(1+{finance})^{self.tau.all})"
            sheet.single("MIRR", f"({future}/-{present})^(1/{last})-1", key=f"{name}.mirr", shape=PERCENT)
        total = sheet.add_own("Running total", lambda y, own: f"{own.at(y - 1)}+{row.at(y)}")
        cross = sheet.add("Crosses 0 at", lambda y: f'IF(AND({total.at(y - 1)}<0,{total.at(y)}>=0),{y - 1}-{total.at(y - 1)}/{row.at(y)},"")' if y else '""', shape="0.00")  # fmt: skip
        sheet.single("Payback", f'IF({total.at(self.case.horizon)}<0,"",IF(COUNT({cross.all})=0,0,MAX({cross.all})))', unit="years", key=f"{name}.payback_years", shape="0.00")  # fmt: skip

    def _debt_ratios(self) -> None:
        put, sheet, case, t = self.row, self.ratios, self.case, self.ratios.years
        firsts = [self.terms[loan.id]["first"] for loan in case.loans]
        lasts = [self.terms[loan.id]["last"] for loan in case.loans]
        sheet.heading("Debt")
        least = self.inputs.number("/covenants/minimum_dscr", "Covenant: least DSCR", case.covenants.minimum_dscr)
        given = self.inputs.number("/covenants/test_from_year", "Covenant: tested from (empty: the first principal year)", case.covenants.test_from_year)  # fmt: skip
        start = sheet.single("Tested from", f'IF({given}="",MIN({",".join(firsts)}),{given})', shape="0")
        last = sheet.single("Last principal year", f"MAX({','.join(lasts)})", shape="0")
        dscr = sheet.add("DSCR", lambda y: f'IF(AND({t.at(y)}>={start},{t.at(y)}<={last},{put["service"].at(y)}>0),{put["cfads"].at(y)}/{put["service"].at(y)},"")', key="debt.dscr", shape=RATIO)  # fmt: skip
        sheet.add("Breach", lambda y: f'IF({dscr.at(y)}="",0,IF({dscr.at(y)}<{least},1,0))', shape="0")
        sheet.single("Least DSCR", f'IF(COUNT({dscr.all})=0,"",MIN({dscr.all}))', key="debt.dscr_minimum", shape=RATIO)
        sheet.single("Mean DSCR", f'IF(COUNT({dscr.all})=0,"",AVERAGE({dscr.all}))', key="debt.dscr_average", shape=RATIO)  # fmt: skip
        year = f"({start}-1)"
        owed = sheet.single("Debt before the first tested year", f"SUMIF({t.all},{year},{put['debt'].all})")
        mean = sheet.single("Rate of the loans then", self._mean_rate(year, owed), shape=PERCENT)
        for key, label, upto in (("debt.llcr", "LLCR", last), ("debt.plcr", "PLCR", str(case.horizon))):
            cover = f"SUMPRODUCT(({t.all}>{year})*({t.all}<={upto})*{put['cfads'].all}/(1+{mean})^({t.all}-{year}))"
            sheet.single(label, f'IF({owed}<=0,"",{cover}/{owed})', key=key, shape=RATIO)
        sheet.single("Interest paid in all", f"SUM({put['interest'].all})", key="debt.total_interest_paid")
        sheet.single("Debt at the horizon", put["debt"].at(case.horizon), key="debt.balance_at_horizon")

    def _mean_rate(self, year: str, owed: str) -> str:
        parts = [f"{self.terms[loan.id]['rate']}*SUMIF({self.ratios.years.all},{year},{self.loan[loan.id]['closing'].all})" for loan in self.case.loans]  # fmt: skip
        return f"IF({owed}=0,0,({added(parts)})/{owed})"

    def _farmer(self) -> None:
        view, case, sheet = self.case.farmer_view, self.case, self.ratios
        if view is None:
            return
        item, place = case.get_production(view.production), f"/production/{view.production}"
        add = self.inputs.number
        self.inputs.heading("A farmer's year")
        age = add("/farmer_view/age", "Age of the unit", view.age)
        year = add("/farmer_view/year", "Project year of losses and shares", view.year)
        sheet.heading("One unit through a farmer's eyes (base-year money)")

        def fx(currency: str | None) -> str:
            return "1" if currency in (None, case.header.currency) else self.exchange[str(currency)].at(0)

        def assumed(field: str, value: Any) -> Table:
            at = self.inputs.places[field]
            if isinstance(value, float | int):
                return Table("", "", "", f"Assumptions!$C${at}")
            return Table(f"Assumptions!$D${at}", f"Assumptions!$E${at}", f"Assumptions!$L${at}:$BT${at}", "")

        income: list[str] = []
        if item.product is not None:
            harvest, alive, loss, side, price, gate, discount, premium, sold, passed = self._unit[item.id]
            kg = sheet.single("Harvest", f"{harvest(age)}*{alive.at(age)}*(1-{loss.at(year)})*{self.lever['yield']}", unit="kg", shape="0.00")  # fmt: skip
            income.append(f"{kg}*{price}*{self.lever['price']}*{fx(item.product.price_currency)}*{gate}*(1-{discount})")
            income.append(f"{kg}*(1-{side.at(year)})*{sold.at(year)}*{passed}*{premium}*{fx(item.product.premium_currency)}")  # fmt: skip
        for line in item.revenue_per_unit:
            at = f"{place}/revenue_per_unit/{line.id}"
            income.append(f"{assumed(f'{at}/amount_per_unit', line.amount_per_unit).at(age)}*{self.inputs_cell(f'{at}/probability_of_payment')}*{fx(line.currency)}")  # fmt: skip
        revenue = sheet.single("Revenue", added(income), key="farmer.revenue_per_unit")
        inputs = sheet.single("Inputs", added([f"{assumed(f'{place}/costs_per_unit/{cost.id}/amount_per_unit', cost.amount_per_unit).at(age)}*{fx(cost.currency)}" for cost in item.costs_per_unit]))  # fmt: skip
        days = sheet.single("Labour", assumed(f"{place}/labour/labour_days_per_unit", item.labour.labour_days_per_unit).at(age) if item.labour else "0", unit="days", key="farmer.labour_days_per_unit")  # fmt: skip
        net = sheet.single("Net income", f"{revenue}-{inputs}-{days}*(1-{self.own_share})*{self.wage}", key="farmer.net_income_per_unit")  # fmt: skip
        sheet.single("Return to a day of labour", f'IF({days}=0,"",({revenue}-{inputs})/{days})', key="farmer.return_per_labour_day")  # fmt: skip
        for kind in view.household_types:
            at = f"/farmer_view/household_types/{kind.id}"
            units = add(f"{at}/units_per_household", f"{kind.id}: units a household", kind.units_per_household)
            other = add(f"{at}/other_income_per_year", f"{kind.id}: other income", kind.other_income_per_year)
            bench = add(f"{at}/living_income_benchmark_per_year", f"{kind.id}: living-income benchmark", kind.living_income_benchmark_per_year)  # fmt: skip
            earned = sheet.single(f"Income of {kind.id}", f"{units}*{net}+{other}", key=f"farmer.household_income.{kind.id}")  # fmt: skip
            sheet.single(f"Gap of {kind.id} to a living income", f"{bench}-{earned}", key=f"farmer.living_income_gap.{kind.id}")  # fmt: skip

    # ------------------------------------------------------------ checks and what the program found

    def _check(self) -> None:
        put, sheet = self.row, self.checks
        for label, row in (("The balance sheet balances", put["balance_check"]), ("All cash is accounted for", put["cash_check"])):  # fmt: skip
            most = f"MAX(MAX({row.all}),-MIN({row.all}))"
            sheet.single(label, f'IF({most}<=0.005,"OK","CHECK")')
        for loan in self.case.loans:
            closing, last = self.loan[loan.id]["closing"], self.case.horizon
            sheet.single(f"{loan.name or loan.id} is repaid", f'IF(ABS({closing.at(last)})<=0.005,"OK","CHECK")')

    def _conventions(self) -> None:
        self.checks.heading(_("Conventions"))
        for text in CONVENTIONS:
            self.checks.note(_(text))

    def _results_of_the_program(self) -> None:
        sheet, figures = self.sensitivity, self.model.figures
        sheet.heading("Computed by the program when the workbook was written (these do not follow changes)")
        swings = figures.get("risk.tornado_order", [])
        for id in swings:
            sheet.note(f"{id}: NPV {figures[f'risk.tornado.{id}.npv_at_p10']:,.2f} at its P10, {figures[f'risk.tornado.{id}.npv_at_p90']:,.2f} at its P90")  # fmt: skip
        for name in ("risk.npv_p10", "risk.npv_p50", "risk.npv_p90", "risk.probability_npv_below_zero"):
            if name in figures:
                sheet.note(f"{name}: {figures[name]:,.4f}")
        for id, model in self.model.scenarios.items():
            sheet.note(f"Scenario {id}: NPV {model.figures['project.npv']:,.2f}, equity NPV {model.figures['equity.npv']:,.2f}")  # fmt: skip
        if self.case.grants:
            sheet.note(f"Equity without grants (loans unchanged; put the grants of the sheet Assumptions to 0 to follow it): NPV {figures['equity_without_grants.npv']:,.2f}, headline rate {_rate(figures['equity_without_grants.headline_rate'])}")  # fmt: skip
        sheet.note(f"NPV as written: {figures['project.npv']:,.2f}; with the multipliers above see the sheet Ratios.")

    def _keep_case(self) -> None:
        """The case itself, so that a workbook that comes back is the case with what was changed."""
        hidden = self.book.create_sheet(CASE_SHEET)
        hidden.sheet_state = "hidden"
        text = json.dumps(self.document, ensure_ascii=False)
        for number, start in enumerate(range(0, len(text), PIECE), 1):
            put_text(hidden.cell(number, 1), text[start : start + PIECE])
        self.book.active = 0
