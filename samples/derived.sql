-- What the customers entered from the utility's bills. It follows from the series, with the differences that real bills
-- have: project 11's utility adds the transformers' losses (1.2 %) and takes the demand by a sliding window (0.6 % more);
-- project 15's reads on the 25th.
INSERT INTO utility_bill (project_id, bill_month, energy_kwh, amount, period_from, period_to, energy_amount,
  basic_amount, max_demand_kw, power_factor)
 WITH row AS (                               -- quarters of both incomers, in Chinese local time
   SELECT time, kwh, date(time / 1000 + 28800, 'unixepoch') AS day, (time / 60000 + 480) % 1440 AS minute
   FROM point_15min_electric
   WHERE point_id IN (1101, 1102) AND time % 900000 = 0 AND time >= 1788192000000 AND time < 1793462400000),
 priced AS (
   SELECT substr(row.day, 1, 7) AS month, row.time, row.kwh, row.kwh * slot.price AS money
   FROM row LEFT JOIN offday ON offday.region = 'CN' AND offday.calendar_day = row.day
   JOIN tariff_slot slot ON slot.tariff_id = 1101 AND slot.day_kind = CASE
     WHEN offday.worked = 0 THEN 'holiday' WHEN offday.worked = 1 THEN 'workday'
     WHEN strftime('%w', row.day) IN ('0', '6') THEN 'offday' ELSE 'workday' END
   WHERE row.minute >= slot.start_minute AND row.minute < slot.end_minute),
 demand AS (SELECT month, time, sum(kwh) * 4 * 1.006 AS kw FROM priced GROUP BY month, time),
 peak AS (SELECT month, max(kw) AS kw FROM demand GROUP BY month),
 part AS (
   SELECT month, sum(kwh) * 1.012 AS kwh, sum(money) * 1.012 AS energy, sum(kwh) * 1.012 * 0.0294 AS funds
   FROM priced GROUP BY month),
 basic AS (SELECT month, (1750 * 1.05 + 2 * max(0, kw - 1750 * 1.05)) * 48 AS money FROM peak)
 SELECT 11, month, round(part.kwh), round(part.energy + basic.money - 0.0075 * (part.energy + basic.money - part.funds), 2),
   NULL, NULL, round(part.energy, 2), round(basic.money, 2), round(peak.kw, 1), 0.96
 FROM part JOIN basic USING (month) JOIN peak USING (month) ORDER BY month;

INSERT INTO utility_bill (project_id, bill_month, energy_kwh, amount, period_from, period_to, energy_amount,
  basic_amount, max_demand_kw, power_factor)
 SELECT 15, '2026-10', round(sum(kwh)), round(sum(charge) + 22400 - 1100, 2), '2026-09-25', '2026-10-25',
  round(sum(charge), 2), 22400, NULL, 0.92
 FROM point_15min_electric WHERE point_id = 1501
  AND time >= 1790265600000 AND time < 1792857600000;
