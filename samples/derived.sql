-- What the customers entered from the utility's bills: it follows from the series, with the differences that real
-- bills have. Project 11: the utility adds the transformers' losses (1.2 %); project 15: read on the 25th.
INSERT INTO utility_bill (project_id, bill_month, energy_kwh, amount, period_from, period_to, energy_amount,
  basic_amount, max_demand_kw, power_factor)
 SELECT 11, '2026-09', round(sum(kwh) * 1.012), round(sum(charge) * 1.012 + 79500, 2), NULL, NULL,
  round(sum(charge) * 1.012, 2), 79500, NULL, 0.93
 FROM point_15min_electric WHERE point_id IN (1101, 1102)
  AND time >= 1788192000000 AND time < 1790784000000;
INSERT INTO utility_bill (project_id, bill_month, energy_kwh, amount, period_from, period_to, energy_amount,
  basic_amount, max_demand_kw, power_factor)
 SELECT 15, '2026-10', round(sum(kwh)), round(sum(charge) + 22400, 2), '2026-09-25', '2026-10-25',
  round(sum(charge), 2), 22400, NULL, NULL
 FROM point_15min_electric WHERE point_id = 1501
  AND time >= 1790265600000 AND time < 1792857600000;
