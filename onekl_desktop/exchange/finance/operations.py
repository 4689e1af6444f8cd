"""What a case does year by year, as sheets of formulas: schedule of cohorts, lines, labour, carbon (before anybody finances it)."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook

from onekl_desktop.exchange.finance.sheets import Assumptions, Row, Sheet
from onekl_desktop.models.finance.case import GompertzYield, Production
from onekl_desktop.models.finance.results import Model

LEVERS = (("price", "All prices of products"), ("yield", "All yields"), ("operating", "All operating costs of lines"), ("capital", "All capital costs of lines"), ("wage", "All wages"))  # fmt: skip


def added(parts: list[str]) -> str:
    """Formulas added up; 0 where there are none."""
    return "+".join(parts) if parts else "0"


class Operations:
    """The sheets, their shared assumptions, and what is grown, sold and paid."""

    def __init__(self, model: Model, document: dict[str, Any], sources: dict[str, dict[str, Any]]) -> None:
        self.model, self.case, self.document = model, model.case, document
        self.book = Workbook()
        self.book.remove(self.book.active)
        head = self.case.header
        note = f"Blue cells are inputs. {head.currency}, {head.price_basis} prices, {head.timing.replace('_', ' ')}, base year {head.base_year}. Shares and rates are fractions."
        self.inputs = Assumptions(self.book, head.name, note, sources)
        make = self._sheet
        self.schedule, self.profit, self.cash = make("Schedule"), make("P&L"), make("Cash flow")
        self.balance, self.debt, self.ratios = make("Balance"), make("Debt"), make("Ratios")
        self.sensitivity, self.checks = make("Sensitivity"), make("Checks")
        self.sums: dict[str, list[Row]] = {}

    def _sheet(self, name: str) -> Sheet:
        return Sheet(self.book, name, f"{self.case.header.name}: {name}", self.case.horizon, self.case.header.base_year)

    # ------------------------------------------------------------ assumptions that all share

    def _levers(self) -> None:
        self.lever: dict[str, str] = {}
        self.sensitivity.note("What if: put 0.8 for 20 % less. All other sheets follow at once; 1 is the case as written.")  # fmt: skip
        for id, label in LEVERS:
            cell = self.sensitivity.single(label, "1", unit="x")
            at = self.sensitivity.sheet[cell.rpartition("!")[2].replace("$", "")]
            at.value, at.number_format = 1, "0.00"
            self.lever[id] = cell

    def _header(self) -> None:
        case, add = self.case, self.inputs.number
        head = case.header
        self.inputs.heading("Rates")
        self.inflation = add("/header/inflation_per_year", "Inflation per year", head.inflation_per_year, "fraction")
        self.rate = add("/header/discount_rates/project", "Discount rate of the project", head.discount_rates.project, "fraction")  # fmt: skip
        equity = head.discount_rates.equity
        self.equity_rate = add("/header/discount_rates/equity", "Discount rate of equity (empty: the project's)", equity, "fraction")  # fmt: skip
        self.equity_rate = f'IF({self.equity_rate}="",{self.rate},{self.equity_rate})'
        mirr = head.mirr_rates
        self.mirr = (add("/header/mirr_rates/finance", "Finance rate (MIRR)", mirr.finance), add("/header/mirr_rates/reinvestment", "Reinvestment rate (MIRR)", mirr.reinvestment)) if mirr else None  # fmt: skip
        self.fte = add("/header/labour_days_per_fte", "Days of a full-time equivalent", head.labour_days_per_fte, "days")  # fmt: skip
        sheet, t = self.schedule, self.schedule.years
        mid = head.timing == "mid_period"
        self.tau = sheet.add(
            "Years discounted", lambda y: f"IF({t.at(y)}=0,0,{t.at(y)}-{0.5 if mid else 0})", shape="0.0"
        )
        self.index: dict[str, Row] = {}
        self.exchange: dict[str, Row] = {}
        if case.nominal:
            self.index[head.currency] = sheet.add(f"Price index {head.currency}", lambda y: f"(1+{self.inflation})^{t.at(y)}", shape="0.0000")  # fmt: skip
        for rate in case.exchange_rates:
            place = f"/exchange_rates/{rate.currency}"
            cell = add(f"{place}/rate_at_base_year", f"{head.currency} for one {rate.currency}, t = 0", rate.rate_at_base_year)  # fmt: skip
            growth = add(f"{place}/inflation_per_year", f"Inflation of {rate.currency}", rate.inflation_per_year, "fraction")  # fmt: skip
            if rate.rate_by_year is not None:
                table = self.inputs.table(f"{place}/rate_by_year", f"{head.currency} for one {rate.currency} by year", rate.rate_by_year)  # fmt: skip
                self.exchange[rate.currency] = sheet.add(f"{head.currency} for one {rate.currency}", lambda y, table=table: table.at(t.at(y)), shape="0.00000000")  # type: ignore[misc]  # fmt: skip
            else:
                parity = f"*((1+{self.inflation})/(1+{growth}))^" if case.nominal else ""
                self.exchange[rate.currency] = sheet.add(f"{head.currency} for one {rate.currency}", lambda y, cell=cell, parity=parity: cell + (parity + t.at(y) if parity else ""), shape="0.00000000")  # type: ignore[misc]  # fmt: skip
            if case.nominal:
                self.index[rate.currency] = sheet.add(f"Price index {rate.currency}", lambda y, growth=growth: f"(1+{growth})^{t.at(y)}", shape="0.0000")  # type: ignore[misc]  # fmt: skip
        self.inputs.heading("Labour")
        labour = case.labour
        self.wage = add("/labour/wage_per_day", "Wage per day", labour.wage_per_day, f"{head.currency}/day")
        wage_growth = add("/labour/wage_real_growth_per_year", "Real growth of wages", labour.wage_real_growth_per_year, "fraction")  # fmt: skip
        self.own_share = add("/labour/own_labour_share", "Households' own share of labour", labour.own_labour_share, "fraction")  # fmt: skip
        self.wage_level = sheet.add("Wage level", lambda y: f"{self._level(None, wage_growth, labour.indexed, y)}*{self.lever['wage']}", shape="0.0000")  # fmt: skip

    def _level(self, currency: str | None, growth: str, indexed: bool, y: int) -> str:
        """`(1 + g)^t * index * exchange rate` as a formula."""
        code = currency or self.case.header.currency
        parts = [f"(1+{growth})^{self.schedule.years.at(y)}"]
        if self.case.nominal and indexed:
            parts.append(self.index[code].at(y))
        if code != self.case.header.currency:
            parts.append(self.exchange[code].at(y))
        return "*".join(parts)

    def _take(self, kind: str, row: Row) -> None:
        self.sums.setdefault(kind, []).append(row)

    def _total(self, kind: str, y: int) -> str:
        return added([row.at(y) for row in self.sums.get(kind, [])])

    # ------------------------------------------------------------ operations

    def _production(self, item: Production) -> None:
        case, place, sheet = self.case, f"/production/{item.id}", self.schedule
        add, table, name = self.inputs.number, self.inputs.table, item.name or item.id
        self.inputs.heading(name)
        sheet.heading(name)
        planted = [
            (add(f"{place}/plantings/{at}/year", f"Cohort {at + 1}: year", one.year, "t"), add(f"{place}/plantings/{at}/units", f"Cohort {at + 1}: units", one.units, item.unit))
            for at, one in enumerate(item.plantings)
        ]  # fmt: skip
        ages = [sheet.add(f"Age of cohort {at + 1}", lambda y, year=year: f"{sheet.years.at(y)}-{year}", shape="0") for at, (year, _units) in enumerate(planted)]  # type: ignore[misc]  # fmt: skip
        if item.product is not None:
            self._product(item, planted, ages)
        for line in item.revenue_per_unit:
            at = f"{place}/revenue_per_unit/{line.id}"
            label = line.name or line.id
            amounts = table(f"{at}/amount_per_unit", label, line.amount_per_unit, f"{line.currency or case.header.currency}/{item.unit}")  # fmt: skip
            growth = add(f"{at}/real_growth_per_year", f"{label}: real growth", line.real_growth_per_year, "fraction")
            chance = add(f"{at}/probability_of_payment", f"{label}: probability of payment", line.probability_of_payment)  # fmt: skip
            row = sheet.add(label, lambda y, amounts=amounts, line=line, growth=growth, chance=chance: f"({added([f'{units}*{amounts.at(age.at(y))}' for (_p, units), age in zip(planted, ages, strict=True)])})*{self._level(line.currency, growth, line.indexed, y)}*{chance}", unit=case.header.currency)  # type: ignore[misc]  # fmt: skip
            self._take("revenue_per_unit", row)
        for cost in item.costs_per_unit:
            at = f"{place}/costs_per_unit/{cost.id}"
            label = cost.name or cost.id
            amounts = table(f"{at}/amount_per_unit", label, cost.amount_per_unit, f"{cost.currency or case.header.currency}/{item.unit}")  # fmt: skip
            growth = add(f"{at}/real_growth_per_year", f"{label}: real growth", cost.real_growth_per_year, "fraction")
            self._spend(
                f"{at}", label, cost.capitalised, cost.depreciation_years, cost.depreciation_start_age, planted,
                lambda y, n, amounts=amounts, cost=cost, growth=growth: f"{planted[n][1]}*{amounts.at(ages[n].at(y))}*{self._level(cost.currency, growth, cost.indexed, y)}",  # type: ignore[misc]
            )  # fmt: skip
        if item.labour is not None:
            work, at = item.labour, f"{place}/labour"
            days = table(f"{at}/labour_days_per_unit", f"{name}: labour", work.labour_days_per_unit, f"days/{item.unit}")  # fmt: skip
            through = add(f"{at}/capitalised_through_age", f"{name}: labour is capital up to age", work.capitalised_through_age)  # fmt: skip
            charged = "1" if case.labour.own_labour_charged_to_project else f"(1-{self.own_share})"
            rows = [sheet.add(f"{name}: labour days of cohort {n + 1}", lambda y, n=n: f"{planted[n][1]}*{days.at(ages[n].at(y))}", unit="days") for n in range(len(planted))]  # type: ignore[misc]  # fmt: skip
            for row in rows:
                self._take("labour_days", row)
            paid = f"*{self.wage}*{charged}"
            self._spend(f"{at}", f"{name}: labour", True, work.depreciation_years, work.depreciation_start_age, planted, lambda y, n: f"IF({ages[n].at(y)}<={through},{rows[n].at(y)},0){paid}*{self.wage_level.at(y)}")  # fmt: skip
            running = sheet.add(f"{name}: labour, running", lambda y: f"({added([f'IF({age.at(y)}<={through},0,{row.at(y)})' for age, row in zip(ages, rows, strict=True)])}){paid}*{self.wage_level.at(y)}*{self.lever['operating']}", unit=case.header.currency)  # fmt: skip
            self._take("operating_cost", running)
        if item.tco2e_per_unit != 0.0:
            tonnes = table(f"{place}/tco2e_per_unit", f"{name}: tCO2e", item.tco2e_per_unit, f"t/{item.unit}")
            self._take("tco2e_gross", sheet.add(f"{name}: gross tCO2e", lambda y: added([f"{units}*{tonnes.at(age.at(y))}" for (_p, units), age in zip(planted, ages, strict=True)]), unit="t"))  # fmt: skip

    def _product(self, item: Production, planted: list[tuple[str, str]], ages: list[Row]) -> None:
        product, place, sheet = item.product, f"/production/{item.id}/product", self.schedule
        assert product is not None
        add, table, case = self.inputs.number, self.inputs.table, self.case
        name, years = product.name or item.name or item.id, self.schedule.years
        grown = product.yield_
        if isinstance(grown, GompertzYield):
            at = f"{place}/yield"
            most = add(f"{at}/maximum_kg_per_unit", f"{name}: maximum yield", grown.maximum_kg_per_unit, f"kg/{item.unit}")  # fmt: skip
            a1, p1 = add(f"{at}/anchor_1/age", "Anchor 1: age", grown.anchor_1.age), add(f"{at}/anchor_1/share_of_maximum", "Anchor 1: share of the maximum", grown.anchor_1.share_of_maximum)  # fmt: skip
            a2, p2 = add(f"{at}/anchor_2/age", "Anchor 2: age", grown.anchor_2.age), add(f"{at}/anchor_2/share_of_maximum", "Anchor 2: share of the maximum", grown.anchor_2.share_of_maximum)  # fmt: skip
            zero = add(f"{at}/zero_before_age", "No yield before age", grown.zero_before_age)
            old = table(f"{at}/senescence_share_by_age", "Share left by age", grown.senescence_share_by_age)
            c = sheet.single(f"{name}: c of the Gompertz curve", f"LN(LN({p2})/LN({p1}))/({a1}-{a2})", shape="0.000000")
            b = sheet.single(f"{name}: b of the Gompertz curve", f"-LN({p1})/EXP(-{c}*{a1})", shape="0.000000")

            def harvest(age: str) -> str:
                return f"IF({age}>={zero},{most}*EXP(-{b}*EXP(-{c}*{age})),0)*{old.at(age)}"
        else:
            kg = table(f"{place}/yield", f"{name}: yield by age", grown, f"kg/{item.unit}")

            def harvest(age: str) -> str:
                return kg.at(age)

        alive = table(f"{place}/survival_share_by_age", f"{name}: share still bearing", product.survival_share_by_age)
        loss = table(f"{place}/loss_share_by_year", f"{name}: share lost", product.loss_share_by_year)
        side = table(f"{place}/side_selling_share_by_year", f"{name}: share sold aside", product.side_selling_share_by_year)  # fmt: skip
        price = add(f"{place}/price_per_kg", f"{name}: price", product.price_per_kg, f"{product.price_currency or case.header.currency}/kg")  # fmt: skip
        growth = add(f"{place}/price_real_growth_per_year", f"{name}: real growth of the price", product.price_real_growth_per_year)  # fmt: skip
        gate = add(f"{place}/farm_gate_share", f"{name}: share at the farm gate", product.farm_gate_share)
        discount = add(f"{place}/quality_discount_share", f"{name}: quality discount", product.quality_discount_share)
        premium = add(f"{place}/premium_per_kg", f"{name}: premium", product.premium_per_kg, f"{product.premium_currency or case.header.currency}/kg")  # fmt: skip
        more = add(f"{place}/premium_real_growth_per_year", f"{name}: real growth of the premium", product.premium_real_growth_per_year)  # fmt: skip
        sold = table(f"{place}/premium_sold_share_by_year", f"{name}: share that earns the premium", product.premium_sold_share_by_year)  # fmt: skip
        passed = add(f"{place}/premium_pass_through_share", f"{name}: share of the premium passed on", product.premium_pass_through_share)  # fmt: skip
        quantity = sheet.add(
            f"{name}: kg sold",
            lambda y: f"({added([f'IF({age.at(y)}>=0,{units}*{alive.at(age.at(y))}*{harvest(age.at(y))},0)' for (_p, units), age in zip(planted, ages, strict=True)])})*(1-{loss.at(years.at(y))})*(1-{side.at(years.at(y))})*{self.lever['yield']}",
            unit="kg",
        )  # fmt: skip
        self._take("quantity_kg", quantity)
        self._take("revenue_product", sheet.add(f"{name}: revenue", lambda y: f"{quantity.at(y)}*{price}*{self.lever['price']}*{self._level(product.price_currency, growth, product.price_indexed, y)}*{gate}*(1-{discount})"))  # fmt: skip
        self._take("revenue_premium", sheet.add(f"{name}: premium", lambda y: f"{quantity.at(y)}*{premium}*{self._level(product.premium_currency, more, product.premium_indexed, y)}*{sold.at(years.at(y))}*{passed}"))  # fmt: skip
        self._unit = getattr(self, "_unit", {}) | {item.id: (harvest, alive, loss, side, price, gate, discount, premium, sold, passed)}  # fmt: skip

    def _spend(self, place: str, label: str, capital: bool, years: int | None, start: int, cohorts: list[tuple[str, str]], formula: Any) -> None:  # fmt: skip
        """An operating cost, or capital of each cohort with its own depreciation."""
        sheet, t = self.schedule, self.schedule.years
        unit, count = self.case.header.currency, len(cohorts)
        if not capital:
            self._take("operating_cost", sheet.add(label, lambda y: f"({added([formula(y, n) for n in range(count)])})*{self.lever['operating']}", unit=unit))  # fmt: skip
            return
        life = self.inputs.number(f"{place}/depreciation_years", f"{label}: written off over", years, "years") if years is not None else ""  # fmt: skip
        begin = self.inputs.number(f"{place}/depreciation_start_{'age' if place.startswith('/production') else 'year'}", f"{label}: written off from", start)  # fmt: skip
        for n, (year, _units) in enumerate(cohorts):
            more = f", cohort {n + 1}" if count > 1 else ""
            spent = sheet.add(label + more, lambda y, n=n: f"({formula(y, n)})*{self.lever['capital']}", unit=unit)  # type: ignore[misc]  # fmt: skip
            self._take("capital_cost", spent)
            if not life:
                continue
            first = f"{year}+{begin}"

            def charge(y: int, spent: Row = spent, first: str = first) -> str:
                """Parts of the spending of years s that fall in y: first <= y < first + life, first = max(s + 1, start)."""
                if y == 0:
                    return "0"
                money, s = spent.upto(y - 1), t.upto(y - 1)
                later = f"(({s}+1>={first})*({s}+1)+({s}+1<{first})*({first}))"
                return f"SUMPRODUCT({money}*({later}<={t.at(y)})*({t.at(y)}<{later}+{life}))/{life}"

            self._take("depreciation", sheet.add(f"{label}{more}: depreciation", charge, unit=unit))

    def _teams(self) -> None:
        sheet, labour = self.schedule, self.case.labour
        for team in labour.permanent_teams:
            place, label = f"/labour/permanent_teams/{team.id}", team.name or team.id
            days = self.inputs.table(f"{place}/days_by_year", f"{label}: days", team.days_by_year, "days")
            wage = self.inputs.number(f"{place}/wage_per_day", f"{label}: wage per day", team.wage_per_day)
            row = sheet.add(f"{label}: days", lambda y, days=days: days.at(sheet.years.at(y)), unit="days")  # type: ignore[misc]  # fmt: skip
            self._take("labour_days", row)
            self._take("operating_cost", sheet.add(label, lambda y, row=row, wage=wage: f"{row.at(y)}*{wage}*{self.wage_level.at(y)}*{self.lever['operating']}"))  # type: ignore[misc]  # fmt: skip

    def _project_lines(self) -> None:
        sheet, add, t = self.schedule, self.inputs.number, self.schedule.years
        if self.case.project_revenue or self.case.project_costs:
            self.inputs.heading("Project")
            sheet.heading("Project")
        for line in self.case.project_revenue:
            place, label = f"/project_revenue/{line.id}", line.name or line.id
            quantity = self.inputs.table(f"{place}/quantity_by_year", f"{label}: quantity", line.quantity_by_year, line.quantity_unit)  # fmt: skip
            price = add(f"{place}/price_per_quantity", f"{label}: price", line.price_per_quantity)
            variable = add(f"{place}/variable_cost_per_quantity", f"{label}: variable cost", line.variable_cost_per_quantity)  # fmt: skip
            chance = add(f"{place}/probability_of_payment", f"{label}: probability of payment", line.probability_of_payment)  # fmt: skip
            growth = add(f"{place}/real_growth_per_year", f"{label}: real growth", line.real_growth_per_year)
            self._take("revenue_project", sheet.add(label, lambda y, line=line, q=quantity, p=price, c=chance, g=growth: f"{q.at(t.at(y))}*{p}*{c}*{self._level(line.currency, g, line.indexed, y)}"))  # type: ignore[misc]  # fmt: skip
            self._take("operating_cost", sheet.add(f"{label}: variable cost", lambda y, line=line, q=quantity, v=variable, g=growth: f"{q.at(t.at(y))}*{v}*{self._level(line.currency, g, line.indexed, y)}*{self.lever['operating']}"))  # type: ignore[misc]  # fmt: skip
        for cost in self.case.project_costs:
            place, label = f"/project_costs/{cost.id}", cost.name or cost.id
            amount = self.inputs.table(f"{place}/amount_by_year", label, cost.amount_by_year, cost.currency or self.case.header.currency)  # fmt: skip
            growth = add(f"{place}/real_growth_per_year", f"{label}: real growth", cost.real_growth_per_year)
            self._spend(place, label, cost.capitalised, cost.depreciation_years, cost.depreciation_start_year, [("0", "1")], lambda y, _n, cost=cost, a=amount, g=growth: f"{a.at(t.at(y))}*{self._level(cost.currency, g, cost.indexed, y)}")  # type: ignore[misc]  # fmt: skip

    def _carbon(self) -> None:
        sheet, add, t = self.schedule, self.inputs.number, self.schedule.years
        self.gross = sheet.add("Gross tCO2e", lambda y: self._total("tco2e_gross", y), unit="t", key="series.tco2e_gross")  # fmt: skip
        carbon = self.case.carbon
        if carbon is None:
            self.issued = sheet.add("Issued tCO2e", lambda _y: "0", unit="t")
            return
        self.inputs.heading("Carbon")
        price = add("/carbon/price_per_tco2e", "Price of a tonne", carbon.price_per_tco2e, f"{carbon.price_currency or self.case.header.currency}/t")  # fmt: skip
        growth = add("/carbon/price_real_growth_per_year", "Real growth of the price", carbon.price_real_growth_per_year)  # fmt: skip
        kept = "*".join(f"(1-{add(f'/carbon/{name}_share', name.capitalize(), getattr(carbon, f'{name}_share'))})" for name in ("leakage", "uncertainty", "buffer"))  # fmt: skip
        cost = add("/carbon/verification_cost_per_issuance", "Verification of an issuance", carbon.verification_cost_per_issuance)  # fmt: skip
        cells = [tuple(add(f"/carbon/issuances/{at}/{name}", f"Issuance {at + 1}: {name.replace('_', ' ')}", getattr(one, name)) for name in ("year", "accrued_from_year", "accrued_to_year")) for at, one in enumerate(carbon.issuances)]  # fmt: skip
        gross, years = self.gross.all, t.all
        self.issued = sheet.add("Issued tCO2e", lambda y: added([f"IF({t.at(y)}={year},SUMPRODUCT({gross}*({years}>={first})*({years}<={last}))*{kept},0)" for year, first, last in cells]), unit="t", key="series.tco2e_issued")  # fmt: skip
        self._take("revenue_carbon", sheet.add("Carbon", lambda y: f"{self.issued.at(y)}*{price}*{self._level(carbon.price_currency, growth, carbon.price_indexed, y)}"))  # fmt: skip
        inflated = self.case.nominal and carbon.verification_cost_indexed
        self._take("operating_cost", sheet.add("Verification", lambda y: f"({added([f'IF({t.at(y)}={year},1,0)' for year, _f, _l in cells])})*{cost}*{self.index[self.case.header.currency].at(y) if inflated else '1'}*{self.lever['operating']}"))  # fmt: skip
