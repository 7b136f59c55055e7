-- The directory: who is reported on, what is measured there, and what it costs.
-- One DDL for the MySQL-protocol server (MariaDB, MySQL, TiDB) and for the embedded SQLite store:
-- keep to the types that both read. Times are UTC 'YYYY-MM-DD HH:MM:SS'; validity is [from, to), to NULL = still valid.
-- The program only reads these tables: its database account has SELECT and nothing else.

CREATE TABLE tenant (                       -- a customer who receives reports
  tenant_id      BIGINT       NOT NULL PRIMARY KEY,
  name           VARCHAR(128) NOT NULL,
  short_name     VARCHAR(64)  NULL,
  edition        VARCHAR(16)  NOT NULL,     -- single | management | platform
  brand          VARCHAR(64)  NULL,         -- a brand under templates/; NULL = the default brand
  locale         VARCHAR(16)  NOT NULL,     -- zh-CN | en
  timezone       VARCHAR(64)  NOT NULL,     -- IANA name, e.g. Asia/Shanghai: for what has no project, and for projects without their own
  contact_name   VARCHAR(64)  NULL,         -- the account manager: signs the mail, gets the answers
  contact_email  VARCHAR(254) NULL,
  service_from   DATE         NOT NULL,     -- local days, service_to exclusive
  service_to     DATE         NULL
);

CREATE TABLE project (                      -- a site: a factory, a building, a campus
  project_id     BIGINT       NOT NULL PRIMARY KEY,
  name           VARCHAR(128) NOT NULL,
  address        VARCHAR(255) NULL,
  industry       VARCHAR(64)  NULL,
  timezone       VARCHAR(64)  NULL,         -- IANA; NULL = the tenant's: decides where a month, a day, a slot begins
  holiday_region VARCHAR(8)   NOT NULL,     -- which offday rows count
  supply_kv      DECIMAL(8,3) NULL,         -- supply voltage at the metering point, kV
  short_circuit_mva DECIMAL(10,3) NULL,     -- at the point of common coupling; NULL = the standard's base value
  area_m2        DECIMAL(12,2) NULL
);

CREATE TABLE tenant_project (               -- single: exactly one row; management: one or more; platform: none, it sees every project
  tenant_id      BIGINT NOT NULL,
  project_id     BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, project_id)
);

CREATE TABLE transformer (
  transformer_id BIGINT       NOT NULL PRIMARY KEY,
  project_id     BIGINT       NOT NULL,
  name           VARCHAR(128) NOT NULL,
  rated_kva      DECIMAL(10,2) NOT NULL,
  no_load_loss_kw DECIMAL(10,4) NULL,       -- P0; NULL happens and must not lose the section
  load_loss_kw   DECIMAL(10,4) NULL,        -- Pk at rated load
  valid_from     DATETIME     NOT NULL,
  valid_to       DATETIME     NULL
);

CREATE TABLE point (                        -- a metering point
  point_id       BIGINT       NOT NULL PRIMARY KEY,
  project_id     BIGINT       NOT NULL,
  parent_id      BIGINT       NULL,         -- the point upstream of it
  transformer_id BIGINT       NULL,         -- the transformer that it measures; NULL = none
  name           VARCHAR(128) NOT NULL,     -- today's name, used where point_name has no row
  role           VARCHAR(16)  NOT NULL,     -- incomer | feeder | equipment; only incomers add up to the project's total
  wiring         VARCHAR(8)   NOT NULL,     -- 3p4w | 3p3w | 1p
  nominal_v      DECIMAL(10,2) NOT NULL,    -- phase-to-neutral for 3p4w and 1p, line-to-line for 3p3w
  rated_current_a DECIMAL(10,2) NULL,
  valid_from     DATETIME     NOT NULL,     -- meter installed
  valid_to       DATETIME     NULL          -- meter removed: what arrives after it is not this point's
);

CREATE TABLE point_name (                   -- renames: a report shows the name valid at the end of its month, an event the name it happened under
  point_id       BIGINT       NOT NULL,
  name           VARCHAR(128) NOT NULL,
  valid_from     DATETIME     NOT NULL,
  PRIMARY KEY (point_id, valid_from)
);

CREATE TABLE meter_change (                 -- a meter swapped for another at the same point
  point_id       BIGINT       NOT NULL,
  changed_at     DATETIME     NOT NULL,
  old_serial     VARCHAR(64)  NULL,
  new_serial     VARCHAR(64)  NULL,
  note           VARCHAR(255) NULL,
  PRIMARY KEY (point_id, changed_at)
);

CREATE TABLE sensor (                       -- safety sensors
  sensor_id      BIGINT       NOT NULL PRIMARY KEY,
  project_id     BIGINT       NOT NULL,
  point_id       BIGINT       NULL,
  name           VARCHAR(128) NOT NULL,
  kind           VARCHAR(24)  NOT NULL,     -- temperature (degrees C) | residual_current (mA) | ambient (degrees C)
  warn_limit     DECIMAL(10,2) NULL,
  alarm_limit    DECIMAL(10,2) NULL,
  valid_from     DATETIME     NOT NULL,
  valid_to       DATETIME     NULL
);

CREATE TABLE tariff (                       -- one validity period of a project's electricity price
  tariff_id      BIGINT       NOT NULL PRIMARY KEY,
  project_id     BIGINT       NOT NULL,
  valid_from     DATETIME     NOT NULL,
  valid_to       DATETIME     NULL,
  currency       VARCHAR(3)   NOT NULL,     -- ISO 4217
  basic_mode     VARCHAR(20)  NOT NULL,     -- none | capacity | contract_demand | actual_demand
  capacity_price DECIMAL(12,6) NULL,        -- per kVA and month
  demand_price   DECIMAL(12,6) NULL,        -- per kW and month
  contract_kw    DECIMAL(12,3) NULL,
  demand_discount_kwh_per_kva DECIMAL(8,2) NULL, -- month kWh / rated kVA at or above it: demand price x demand_discount; NULL = no such rule
  demand_discount DECIMAL(4,3) NULL,
  pf_standard    DECIMAL(4,2) NULL,         -- 0.90 | 0.85 | 0.80; NULL = no power-factor adjustment
  fund_price     DECIMAL(12,6) NOT NULL,    -- government funds per kWh, inside the slot price, outside the power-factor base
  source         VARCHAR(255) NOT NULL      -- the notice that sets it: printed in the report
);

CREATE TABLE tariff_slot (                  -- the price of each part of the day: for each month and kind of day every minute is covered by exactly one row
  tariff_id      BIGINT       NOT NULL,
  month_from     INT          NOT NULL,     -- 1..12, inclusive, month_from <= month_to
  month_to       INT          NOT NULL,
  day_kind       VARCHAR(8)   NOT NULL,     -- all | workday | offday | holiday
  start_minute   INT          NOT NULL,     -- local minute of the day, inclusive, a multiple of 15
  end_minute     INT          NOT NULL,     -- exclusive, at most 1440
  slot           VARCHAR(8)   NOT NULL,     -- sharp | peak | flat | valley | deep  (尖 峰 平 谷 深谷)
  price          DECIMAL(12,6) NOT NULL,    -- per kWh, tax and funds included
  PRIMARY KEY (tariff_id, month_from, day_kind, start_minute)
);

CREATE TABLE offday (                       -- public holidays (worked = 0) and worked weekends (worked = 1); any other Saturday or Sunday is an offday
  region         VARCHAR(8)   NOT NULL,
  calendar_day   DATE         NOT NULL,
  worked         INT          NOT NULL,
  name           VARCHAR(64)  NULL,
  PRIMARY KEY (region, calendar_day)
);

CREATE TABLE alarm_type (
  code           VARCHAR(48)  NOT NULL PRIMARY KEY, -- e.g. over_temperature, over_residual_current, low_power_factor, high_thd_u, high_thd_i, over_voltage, overload, offline
  name_zh        VARCHAR(64)  NOT NULL,
  name_en        VARCHAR(64)  NOT NULL,
  category       VARCHAR(16)  NOT NULL,     -- safety | quality | load | device
  retired        INT          NOT NULL      -- 1 = no longer reported: its events are dirty data and are counted apart
);

CREATE TABLE utility_bill (                 -- what the utility charged, where the customer entered it
  project_id     BIGINT       NOT NULL,
  bill_month     VARCHAR(7)   NOT NULL,     -- YYYY-MM
  energy_kwh     DECIMAL(14,3) NULL,
  amount         DECIMAL(14,2) NOT NULL,
  period_from    DATE         NULL,         -- [from, to), NULL = the month
  period_to      DATE         NULL,
  energy_amount  DECIMAL(14,2) NULL,
  basic_amount   DECIMAL(14,2) NULL,
  max_demand_kw  DECIMAL(12,3) NULL,
  power_factor   DECIMAL(4,2) NULL,
  PRIMARY KEY (project_id, bill_month)
);

CREATE TABLE monthly_plan (                 -- what the customer planned, where it plans
  project_id     BIGINT       NOT NULL,
  plan_month     VARCHAR(7)   NOT NULL,     -- YYYY-MM
  energy_kwh     DECIMAL(14,3) NULL,
  amount         DECIMAL(14,2) NULL,
  PRIMARY KEY (project_id, plan_month)
);

CREATE TABLE emission_factor (              -- for carbon and standard coal
  project_id     BIGINT       NOT NULL,
  valid_from     DATETIME     NOT NULL,
  valid_to       DATETIME     NULL,
  kg_co2_per_kwh DECIMAL(10,6) NOT NULL,
  kgce_per_kwh   DECIMAL(10,6) NOT NULL,
  source         VARCHAR(255) NOT NULL,     -- printed in the report
  PRIMARY KEY (project_id, valid_from)
);

CREATE TABLE recipient (                    -- who gets the report by mail
  tenant_id      BIGINT       NOT NULL,
  email          VARCHAR(254) NOT NULL,
  name           VARCHAR(64)  NULL,
  kind           VARCHAR(4)   NOT NULL,     -- to | cc | bcc
  active         INT          NOT NULL,
  PRIMARY KEY (tenant_id, email)
);

-- The series (times in milliseconds since the epoch, UTC; a missing value is NULL).

CREATE TABLE point_15min_electric (         -- a metering point's quarter of an hour
  point_id       BIGINT NOT NULL,
  project_id     BIGINT NOT NULL,
  time           BIGINT NOT NULL,
  kwh            DOUBLE NULL,
  kvarh_lag      DOUBLE NULL,
  kvarh_lead     DOUBLE NULL,
  charge         DOUBLE NULL,
  slot           VARCHAR(8) NULL,
  mdp_max        DOUBLE NULL,
  kwh_a          DOUBLE NULL,
  kwh_b          DOUBLE NULL,
  kwh_c          DOUBLE NULL,
  ingested_at    BIGINT NULL,
  PRIMARY KEY (point_id, time)
) WITHOUT ROWID;

CREATE TABLE point_1min_index (             -- a metering point's minute
  point_id       BIGINT NOT NULL,
  project_id     BIGINT NOT NULL,
  time           BIGINT NOT NULL,
  ua             DOUBLE NULL,
  ub             DOUBLE NULL,
  uc             DOUBLE NULL,
  uab            DOUBLE NULL,
  ubc            DOUBLE NULL,
  uca            DOUBLE NULL,
  ia             DOUBLE NULL,
  ib             DOUBLE NULL,
  ic             DOUBLE NULL,
  i_n            DOUBLE NULL,
  pa             DOUBLE NULL,
  pb             DOUBLE NULL,
  pc             DOUBLE NULL,
  pttl           DOUBLE NULL,
  qttl           DOUBLE NULL,
  sttl           DOUBLE NULL,
  costtl         DOUBLE NULL,
  freq           DOUBLE NULL,
  thdua          DOUBLE NULL,
  thdub          DOUBLE NULL,
  thduc          DOUBLE NULL,
  thdia          DOUBLE NULL,
  thdib          DOUBLE NULL,
  thdic          DOUBLE NULL,
  hr3ia          DOUBLE NULL,
  hr3ib          DOUBLE NULL,
  hr3ic          DOUBLE NULL,
  hr5ia          DOUBLE NULL,
  hr5ib          DOUBLE NULL,
  hr5ic          DOUBLE NULL,
  hr7ia          DOUBLE NULL,
  hr7ib          DOUBLE NULL,
  hr7ic          DOUBLE NULL,
  hr9ia          DOUBLE NULL,
  hr9ib          DOUBLE NULL,
  hr9ic          DOUBLE NULL,
  hr11ia         DOUBLE NULL,
  hr11ib         DOUBLE NULL,
  hr11ic         DOUBLE NULL,
  hr13ia         DOUBLE NULL,
  hr13ib         DOUBLE NULL,
  hr13ic         DOUBLE NULL,
  PRIMARY KEY (point_id, time)
) WITHOUT ROWID;

CREATE TABLE location_1min_aiao (           -- a safety sensor's minute
  sensor_id      BIGINT NOT NULL,
  project_id     BIGINT NOT NULL,
  time           BIGINT NOT NULL,
  value          DOUBLE NULL,
  PRIMARY KEY (sensor_id, time)
) WITHOUT ROWID;

CREATE TABLE soe_event (                    -- an event
  event_id       VARCHAR(64) NOT NULL PRIMARY KEY,
  project_id     BIGINT NOT NULL,
  point_id       BIGINT NULL,
  sensor_id      BIGINT NULL,
  code           VARCHAR(48) NOT NULL,
  level          INT NULL,
  started_at     BIGINT NOT NULL,
  ended_at       BIGINT NULL,
  value          DOUBLE NULL,
  limit_value    DOUBLE NULL,
  phase          VARCHAR(8) NULL,
  point_name     VARCHAR(128) NULL,
  confirmed_at   BIGINT NULL,
  closed_at      BIGINT NULL,
  message        TEXT NULL
) WITHOUT ROWID;
CREATE INDEX soe_event_start ON soe_event (project_id, started_at);
