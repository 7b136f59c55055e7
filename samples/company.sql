-- The sample directory: made-up customers of a made-up operator. Prices, holidays and factors are sample values.
-- Ids: project 11 has points 11xx, transformers 11xx and sensors 11xx, and so on.

INSERT INTO tenant (tenant_id, name, short_name, edition, brand, locale, timezone, contact_name, contact_email,
  service_from, service_to) VALUES
 (1, '华澄电子（苏州）有限公司', '华澄电子', 'single', NULL, 'zh-CN', 'Asia/Shanghai', '周敏', 'zhou.min@nengfu.example', '2025-10-01', NULL),
 (2, '宁波海晏冷链物流有限公司', '海晏冷链', 'single', NULL, 'zh-CN', 'Asia/Shanghai', '周敏', 'zhou.min@nengfu.example', '2025-10-01', NULL),
 (3, '临江市第三人民医院', '临江三院', 'single', NULL, 'zh-CN', 'Asia/Shanghai', '沈一鸣', 'shen.yiming@nengfu.example', '2025-10-01', NULL),
 (4, '启明大厦业主委员会', '启明大厦', 'single', NULL, 'zh-CN', 'Asia/Shanghai', '沈一鸣', 'shen.yiming@nengfu.example', '2025-10-01', NULL),
 (5, '启明物业集团有限公司', '启明物业', 'management', NULL, 'zh-CN', 'Asia/Shanghai', '沈一鸣', 'shen.yiming@nengfu.example', '2025-10-01', NULL),
 (6, 'Rheintal Präzisionsteile GmbH', 'Rheintal', 'single', 'harbour', 'en', 'Europe/Berlin', 'Anna Vogel', 'anna.vogel@nengfu.example', '2025-10-01', NULL),
 (7, '临江锦程印务有限公司', '锦程印务', 'single', NULL, 'zh-CN', 'Asia/Shanghai', '周敏', 'zhou.min@nengfu.example', '2025-10-01', '2026-07-01'),
 (9, '能服科技用电服务平台', '能服科技', 'platform', NULL, 'zh-CN', 'Asia/Shanghai', '运行值班室', 'duty@nengfu.example', '2025-10-01', NULL);

INSERT INTO project (project_id, name, address, industry, timezone, holiday_region, supply_kv, short_circuit_mva,
  area_m2) VALUES
 (11, '华澄电子一厂', '江苏省苏州市工业园区星澄街88号', '电子制造', 'Asia/Shanghai', 'CN', 10, 120, 21500),
 (12, '海晏北仑冷库', '浙江省宁波市北仑区港晏路6号', '冷链仓储', 'Asia/Shanghai', 'CN', 10, NULL, 14800.5),
 (13, '临江三院本部', '临江市人民路203号', '医疗', 'Asia/Shanghai', 'CN', 10, 150, 46200),
 (14, '启明大厦', '临江市启明路1号', '写字楼', NULL, 'CN', 0.38, NULL, 18250),
 (15, '启明广场', '临江市启明路9号', '商业', 'Asia/Shanghai', 'CN', 10, NULL, 12600),
 (16, '启明农副产品批发市场', '临江市城南大道500号', '农贸', 'Asia/Shanghai', 'CN', 10, NULL, 9800),
 (17, '启明停车楼充电站', '临江市启明路11号', '充电站', 'Asia/Shanghai', 'CN', 0.38, NULL, NULL),
 (18, 'Werk Rheintal', 'Industriestraße 14, 79618 Rheinfelden', 'precision parts', 'Europe/Berlin', 'DE', 20, NULL, 7400),
 (19, '启明老街配电站', '临江市老街27号', '配电', 'Asia/Shanghai', 'CN', 0.38, NULL, NULL),
 (20, '锦程印务城东车间', '临江市城东工业区12号', '印刷', 'Asia/Shanghai', 'CN', 0.38, NULL, 3100);

INSERT INTO tenant_project (tenant_id, project_id) VALUES
 (1, 11), (2, 12), (3, 13), (4, 14), (5, 14), (5, 15), (5, 16), (5, 17), (5, 19), (6, 18), (7, 20);

INSERT INTO transformer (transformer_id, project_id, name, rated_kva, no_load_loss_kw, load_loss_kw, valid_from,
  valid_to) VALUES
 (1101, 11, '1#变压器', 1600, 1.64, 11.6, '2021-05-31 16:00:00', NULL),
 (1102, 11, '2#变压器', 1600, 1.64, 11.6, '2021-05-31 16:00:00', NULL),
 (1201, 12, '冷库变压器', 1250, 1.36, 9.6, '2019-08-14 16:00:00', NULL),
 (1301, 13, '1#变压器', 1250, 1.36, 9.6, '2018-03-31 16:00:00', NULL),
 (1302, 13, '2#变压器', 1250, 1.36, 9.6, '2018-03-31 16:00:00', NULL),
 (1401, 14, '大厦变压器', 800, 0.98, 6.0, '2016-11-30 16:00:00', NULL),
 (1501, 15, '广场变压器', 800, 0.98, 6.0, '2020-02-29 16:00:00', NULL),
 (1601, 16, '市场变压器', 500, NULL, NULL, '2014-06-30 16:00:00', NULL),
 (1801, 18, 'Transformer T1', 630, 0.9, 6.5, '2017-12-31 23:00:00', NULL);

INSERT INTO point (point_id, project_id, parent_id, transformer_id, name, role, wiring, nominal_v, rated_current_a,
  valid_from, valid_to) VALUES
 (1101, 11, NULL, 1101, '1#变进线柜', 'incomer', '3p4w', 220, 2500, '2025-09-30 16:00:00', NULL),
 (1102, 11, NULL, 1102, '2#变进线柜', 'incomer', '3p4w', 220, 2500, '2025-09-30 16:00:00', NULL),
 (1103, 11, 1101, NULL, 'SMT车间', 'feeder', '3p4w', 220, 1250, '2025-09-30 16:00:00', NULL),
 (1104, 11, 1101, NULL, '空压站', 'feeder', '3p4w', 220, 800, '2025-09-30 16:00:00', NULL),
 (1105, 11, 1101, NULL, '照明与办公', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1106, 11, 1102, NULL, '冷冻站', 'feeder', '3p4w', 220, 1000, '2025-09-30 16:00:00', NULL),
 (1107, 11, 1102, NULL, '注塑车间', 'feeder', '3p4w', 220, 800, '2025-09-30 16:00:00', NULL),
 (1108, 11, 1102, NULL, '电镀线整流器', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1109, 11, 1103, NULL, '1#回流焊', 'equipment', '3p4w', 220, 250, '2025-09-30 16:00:00', NULL),
 (1110, 11, 1106, NULL, '2#冷水机组', 'equipment', '3p4w', 220, 400, '2026-10-12 16:00:00', NULL),
 (1111, 11, 1102, NULL, '宿舍楼', 'feeder', '3p4w', 220, 250, '2025-09-30 16:00:00', '2026-10-11 16:00:00'),
 (1201, 12, NULL, 1201, '高压进线柜', 'incomer', '3p3w', 10000, 100, '2025-09-30 16:00:00', NULL),
 (1202, 12, 1201, NULL, '制冷机组A', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1203, 12, 1201, NULL, '速冻隧道', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1204, 12, 1201, NULL, '制冷机组B', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1205, 12, 1201, NULL, '办公与月台照明', 'feeder', '3p4w', 220, 250, '2025-09-30 16:00:00', NULL),
 (1206, 12, 1201, NULL, '叉车充电间', 'feeder', '3p4w', 220, NULL, '2025-09-30 16:00:00', NULL),
 (1207, 12, 1202, NULL, 'A组蒸发冷风机', 'equipment', '3p4w', 220, 160, '2025-09-30 16:00:00', NULL),
 (1301, 13, NULL, 1301, '1#变进线柜', 'incomer', '3p4w', 220, 2000, '2025-09-30 16:00:00', NULL),
 (1302, 13, NULL, 1302, '2#变进线柜', 'incomer', '3p4w', 220, 2000, '2025-09-30 16:00:00', NULL),
 (1303, 13, 1301, NULL, '门诊楼', 'feeder', '3p4w', 220, 800, '2025-09-30 16:00:00', NULL),
 (1304, 13, 1301, NULL, '住院楼', 'feeder', '3p4w', 220, 800, '2025-09-30 16:00:00', NULL),
 (1305, 13, 1301, NULL, '手术部与ICU', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1306, 13, 1302, NULL, '影像中心', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1307, 13, 1302, NULL, '中央空调', 'feeder', '3p4w', 220, 1000, '2025-09-30 16:00:00', NULL),
 (1308, 13, 1302, NULL, '食堂与洗衣房', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1309, 13, 1306, NULL, '数据机房', 'equipment', '3p4w', 220, 160, '2025-09-30 16:00:00', NULL),
 (1401, 14, NULL, 1401, '大厦总进线', 'incomer', '3p4w', 220, 1250, '2025-09-30 16:00:00', NULL),
 (1402, 14, 1401, NULL, '中央空调', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1403, 14, 1401, NULL, '办公照明与插座', 'feeder', '3p4w', 220, 630, '2025-09-30 16:00:00', NULL),
 (1404, 14, 1401, NULL, '电梯', 'feeder', '3p4w', 220, 200, '2025-09-30 16:00:00', NULL),
 (1405, 14, 1401, NULL, '楼顶广告灯', 'feeder', '1p', 220, 63, '2025-09-30 16:00:00', NULL),
 (1406, 14, 1401, NULL, '物业值班室', 'feeder', '1p', 220, 40, '2025-09-30 16:00:00', NULL),
 (1501, 15, NULL, 1501, '广场总进线', 'incomer', '3p4w', 220, 1250, '2025-09-30 16:00:00', NULL),
 (1502, 15, 1501, NULL, '餐饮区', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1503, 15, 1501, NULL, '商铺', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1504, 15, 1501, NULL, '空调机房', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1601, 16, NULL, 1601, '市场总进线', 'incomer', '3p4w', 220, 800, '2025-09-30 16:00:00', NULL),
 (1602, 16, 1601, NULL, '保鲜冷柜', 'feeder', '3p4w', 220, 400, '2025-09-30 16:00:00', NULL),
 (1603, 16, 1601, NULL, '摊位照明', 'feeder', '3p4w', 220, 250, '2025-09-30 16:00:00', NULL),
 (1701, 17, NULL, NULL, '充电站总进线', 'incomer', '3p4w', 220, NULL, '2026-10-07 16:00:00', NULL),
 (1702, 17, 1701, NULL, '快充桩1-6号', 'feeder', '3p4w', 220, 400, '2026-10-07 16:00:00', NULL),
 (1703, 17, 1701, NULL, '慢充桩', 'feeder', '3p4w', 220, 200, '2026-10-07 16:00:00', NULL),
 (1704, 17, 1701, NULL, '车库照明', 'feeder', '1p', 220, 63, '2026-10-07 16:00:00', NULL),
 (1801, 18, NULL, 1801, 'Main incomer', 'incomer', '3p4w', 230, 1000, '2025-09-30 22:00:00', NULL),
 (1802, 18, 1801, NULL, 'CNC hall', 'feeder', '3p4w', 230, 400, '2025-09-30 22:00:00', NULL),
 (1803, 18, 1801, NULL, 'Compressed air', 'feeder', '3p4w', 230, 160, '2025-09-30 22:00:00', NULL),
 (1804, 18, 1801, NULL, 'Coating line', 'feeder', '3p4w', 230, 250, '2025-09-30 22:00:00', NULL),
 (1805, 18, 1801, NULL, 'Offices and canteen', 'feeder', '3p4w', 230, 160, '2025-09-30 22:00:00', NULL),
 (1806, 18, 1801, NULL, 'Yard lighting', 'feeder', '1p', 230, 32, '2025-09-30 22:00:00', NULL),
 (1901, 19, NULL, NULL, '老街公变低压进线', 'incomer', '3p4w', 220, 630, '2026-08-31 16:00:00', NULL),
 (2001, 20, NULL, NULL, '车间进线', 'incomer', '3p4w', 220, 250, '2025-09-30 16:00:00', '2026-06-30 16:00:00');

INSERT INTO point_name (point_id, name, valid_from) VALUES
 (1105, '照明', '2025-09-30 16:00:00'), (1105, '照明与办公', '2026-10-19 16:00:00'),
 (1203, '制冷机组B', '2025-09-30 16:00:00'), (1203, '速冻隧道', '2026-10-09 16:00:00'),
 (1204, '速冻隧道', '2025-09-30 16:00:00'), (1204, '制冷机组B', '2026-10-09 16:00:00');

INSERT INTO meter_change (point_id, changed_at, old_serial, new_serial, note) VALUES
 (1502, '2026-10-22 06:10:00', 'DTSD-3410772', 'DTSD-6120094', '表计到期轮换'),
 (1104, '2026-03-18 02:00:00', 'DTSD-3408815', 'DTSD-5903317', '通信模块故障');

INSERT INTO sensor (sensor_id, project_id, point_id, name, kind, warn_limit, alarm_limit, valid_from, valid_to) VALUES
 (1101, 11, 1101, '1#变A相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1102, 11, 1101, '1#变B相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1103, 11, 1101, '1#变C相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1104, 11, 1102, '2#变B相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1105, 11, 1101, '1#进线柜B相触头', 'temperature', 75, 90, '2025-09-30 16:00:00', NULL),
 (1106, 11, 1108, '电镀线电缆接头', 'temperature', 70, 80, '2025-09-30 16:00:00', NULL),
 (1107, 11, 1107, '注塑车间漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1108, 11, NULL, '配电室环境', 'ambient', NULL, 40, '2025-09-30 16:00:00', NULL),
 (1201, 12, 1202, 'A组柜触头', 'temperature', 75, 90, '2025-09-30 16:00:00', NULL),
 (1202, 12, 1204, 'B组柜触头', 'temperature', 75, 90, '2025-09-30 16:00:00', NULL),
 (1203, 12, 1203, '速冻柜触头', 'temperature', NULL, NULL, '2025-09-30 16:00:00', NULL),
 (1204, 12, NULL, '1号冻库库温', 'ambient', -15, -12, '2025-09-30 16:00:00', NULL),
 (1205, 12, NULL, '2号冻库库温', 'ambient', -15, -12, '2025-09-30 16:00:00', NULL),
 (1301, 13, 1303, '门诊楼1层漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1302, 13, 1303, '门诊楼2层漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1303, 13, 1303, '门诊楼3层漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1304, 13, 1304, '住院楼1区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1305, 13, 1304, '住院楼2区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1306, 13, 1304, '住院楼3区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1307, 13, 1304, '住院楼4区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1308, 13, 1305, '手术部漏电流', 'residual_current', 100, 300, '2025-09-30 16:00:00', NULL),
 (1309, 13, 1306, 'CT室漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1310, 13, 1307, '空调机房漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1311, 13, 1308, '食堂漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1312, 13, 1308, '洗衣房漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1313, 13, 1301, '1#变B相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1314, 13, 1302, '2#变B相绕组', 'temperature', 110, 130, '2025-09-30 16:00:00', NULL),
 (1315, 13, 1307, '空调柜电缆接头', 'temperature', 70, 80, '2025-09-30 16:00:00', NULL),
 (1401, 14, 1401, '总进线A相触头', 'temperature', 75, 90, '2025-09-30 16:00:00', NULL),
 (1402, 14, 1403, '办公插座漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1501, 15, 1501, '总进线B相触头', 'temperature', 75, 90, '2025-09-30 16:00:00', NULL),
 (1502, 15, 1502, '餐饮区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1503, 15, 1503, '商铺漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1601, 16, 1601, '变压器油温', 'temperature', 75, 85, '2025-09-30 16:00:00', NULL),
 (1602, 16, 1602, '冷柜区漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', NULL),
 (1603, 16, 1603, '旧摊位漏电流', 'residual_current', 300, 500, '2025-09-30 16:00:00', '2026-06-30 16:00:00'),
 (1801, 18, 1801, 'T1 winding L2', 'temperature', 110, 130, '2025-09-30 22:00:00', NULL),
 (1802, 18, 1804, 'Coating line cable lug', 'temperature', 70, 80, '2025-09-30 22:00:00', NULL),
 (1803, 18, 1802, 'CNC hall residual current', 'residual_current', 300, 500, '2025-09-30 22:00:00', NULL);

-- Tariffs. Project 17 and 19 have none; project 12's changes in mid-October 2026.
INSERT INTO tariff (tariff_id, project_id, valid_from, valid_to, currency, basic_mode, capacity_price, demand_price,
  contract_kw, demand_discount_kwh_per_kva, demand_discount, pf_standard, fund_price, source) VALUES
 (1101, 11, '2025-09-30 16:00:00', NULL, 'CNY', 'contract_demand', 30, 48, 1750, 260, 0.9, 0.90, 0.0294, '示例电价：两部制大工业10千伏，合同需量'),
 (1201, 12, '2025-09-30 16:00:00', '2026-10-14 16:00:00', 'CNY', 'actual_demand', 30, 48, NULL, NULL, NULL, 0.85, 0.0294, '示例电价：两部制10千伏，实际需量，2026年10月14日止'),
 (1202, 12, '2026-10-14 16:00:00', NULL, 'CNY', 'actual_demand', 30, 51.2, NULL, NULL, NULL, 0.85, 0.0271, '示例电价：两部制10千伏，实际需量，2026年10月15日起'),
 (1301, 13, '2025-09-30 16:00:00', NULL, 'CNY', 'capacity', 28, 42, NULL, NULL, NULL, 0.85, 0.0294, '示例电价：两部制10千伏，容量'),
 (1401, 14, '2025-09-30 16:00:00', NULL, 'CNY', 'none', NULL, NULL, NULL, NULL, NULL, NULL, 0.0294, '示例电价：一般工商业不满1千伏'),
 (1501, 15, '2025-09-30 16:00:00', NULL, 'CNY', 'capacity', 28, 42, NULL, NULL, NULL, 0.85, 0.0294, '示例电价：两部制10千伏，容量'),
 (1601, 16, '2025-09-30 16:00:00', NULL, 'CNY', 'actual_demand', 28, 42, NULL, NULL, NULL, 0.80, 0, '示例电价：农副产品市场10千伏，实际需量'),
 (1801, 18, '2025-09-30 22:00:00', '2025-12-31 23:00:00', 'EUR', 'actual_demand', NULL, 8.9, NULL, NULL, NULL, NULL, 0.02651, 'Sample prices: medium voltage, two rates, 2025'),
 (1802, 18, '2025-12-31 23:00:00', NULL, 'EUR', 'actual_demand', NULL, 9.35, NULL, NULL, NULL, NULL, 0.02454, 'Sample prices: medium voltage, two rates, 2026'),
 (2001, 20, '2025-09-30 16:00:00', NULL, 'CNY', 'none', NULL, NULL, NULL, NULL, NULL, NULL, 0.0294, '示例电价：一般工商业不满1千伏');

-- A pattern is a division of the day; a tariff's slots are its patterns with its prices.
CREATE TEMP TABLE pattern_day (name TEXT, start_minute INT, end_minute INT, slot TEXT);
INSERT INTO pattern_day VALUES
 ('industry', 0, 480, 'valley'), ('industry', 480, 540, 'flat'), ('industry', 540, 600, 'peak'),
 ('industry', 600, 660, 'sharp'), ('industry', 660, 720, 'peak'), ('industry', 720, 840, 'flat'),
 ('industry', 840, 960, 'peak'), ('industry', 960, 1020, 'sharp'), ('industry', 1020, 1140, 'peak'),
 ('industry', 1140, 1320, 'flat'), ('industry', 1320, 1440, 'valley'),
 ('rest', 0, 480, 'valley'), ('rest', 480, 600, 'flat'), ('rest', 600, 720, 'peak'), ('rest', 720, 960, 'flat'),
 ('rest', 960, 1140, 'peak'), ('rest', 1140, 1320, 'flat'), ('rest', 1320, 1440, 'valley'),
 ('festival', 0, 480, 'valley'), ('festival', 480, 600, 'flat'), ('festival', 600, 840, 'deep'),
 ('festival', 840, 1320, 'flat'), ('festival', 1320, 1440, 'valley'),
 ('summer', 0, 480, 'valley'), ('summer', 480, 600, 'flat'), ('summer', 600, 660, 'peak'),
 ('summer', 660, 720, 'sharp'), ('summer', 720, 840, 'flat'), ('summer', 840, 900, 'peak'),
 ('summer', 900, 1020, 'sharp'), ('summer', 1020, 1200, 'peak'), ('summer', 1200, 1320, 'flat'),
 ('summer', 1320, 1440, 'valley'),
 ('plain', 0, 480, 'valley'), ('plain', 480, 600, 'flat'), ('plain', 600, 720, 'peak'), ('plain', 720, 900, 'flat'),
 ('plain', 900, 1200, 'peak'), ('plain', 1200, 1320, 'flat'), ('plain', 1320, 1440, 'valley'),
 ('midday', 0, 360, 'valley'), ('midday', 360, 480, 'flat'), ('midday', 480, 660, 'peak'), ('midday', 660, 780, 'deep'),
 ('midday', 780, 900, 'flat'), ('midday', 900, 1320, 'peak'), ('midday', 1320, 1380, 'flat'), ('midday', 1380, 1440, 'valley'),
 ('office', 0, 420, 'valley'), ('office', 420, 540, 'flat'), ('office', 540, 720, 'peak'), ('office', 720, 840, 'flat'),
 ('office', 840, 1080, 'peak'), ('office', 1080, 1380, 'flat'), ('office', 1380, 1440, 'valley'),
 ('weekend', 0, 480, 'valley'), ('weekend', 480, 1320, 'flat'), ('weekend', 1320, 1440, 'valley'),
 ('high', 0, 360, 'valley'), ('high', 360, 1320, 'peak'), ('high', 1320, 1440, 'valley'),
 ('low', 0, 1440, 'valley');
CREATE TEMP TABLE tariff_pattern (tariff_id INT, month_from INT, month_to INT, day_kind TEXT, name TEXT);
INSERT INTO tariff_pattern VALUES
 (1101, 1, 12, 'workday', 'industry'), (1101, 1, 12, 'offday', 'rest'), (1101, 1, 12, 'holiday', 'festival'),
 (1201, 1, 6, 'all', 'plain'), (1201, 7, 8, 'all', 'summer'), (1201, 9, 12, 'all', 'plain'),
 (1202, 1, 6, 'all', 'midday'), (1202, 7, 8, 'all', 'summer'), (1202, 9, 12, 'all', 'midday'),
 (1301, 1, 6, 'all', 'plain'), (1301, 7, 8, 'all', 'summer'), (1301, 9, 12, 'all', 'plain'),
 (1401, 1, 12, 'workday', 'office'), (1401, 1, 12, 'offday', 'weekend'),
 (1501, 1, 6, 'all', 'plain'), (1501, 7, 8, 'all', 'summer'), (1501, 9, 12, 'all', 'plain'),
 (1601, 1, 12, 'all', 'plain'),
 (1801, 1, 12, 'workday', 'high'), (1801, 1, 12, 'offday', 'low'), (1801, 1, 12, 'holiday', 'low'),
 (1802, 1, 12, 'workday', 'high'), (1802, 1, 12, 'offday', 'low'), (1802, 1, 12, 'holiday', 'low'),
 (2001, 1, 12, 'all', 'plain');
CREATE TEMP TABLE slot_price (tariff_id INT, slot TEXT, price NUMERIC);
INSERT INTO slot_price VALUES
 (1101, 'sharp', 1.3148), (1101, 'peak', 1.0957), (1101, 'flat', 0.6389), (1101, 'valley', 0.2801), (1101, 'deep', 0.2241),
 (1201, 'sharp', 1.2846), (1201, 'peak', 1.0712), (1201, 'flat', 0.6517), (1201, 'valley', 0.2934),
 (1202, 'sharp', 1.2651), (1202, 'peak', 1.0583), (1202, 'flat', 0.6402), (1202, 'valley', 0.2877), (1202, 'deep', 0.1921),
 (1301, 'sharp', 1.1928), (1301, 'peak', 1.0136), (1301, 'flat', 0.6694), (1301, 'valley', 0.3517),
 (1401, 'peak', 1.0874), (1401, 'flat', 0.7436), (1401, 'valley', 0.3969),
 (1501, 'sharp', 1.1928), (1501, 'peak', 1.0136), (1501, 'flat', 0.6694), (1501, 'valley', 0.3517),
 (1601, 'peak', 0.8425), (1601, 'flat', 0.5617), (1601, 'valley', 0.3089),
 (1801, 'peak', 0.2284), (1801, 'valley', 0.1817), (1802, 'peak', 0.2197), (1802, 'valley', 0.1738),
 (2001, 'peak', 1.0874), (2001, 'flat', 0.7436), (2001, 'valley', 0.3969);
INSERT INTO tariff_slot (tariff_id, month_from, month_to, day_kind, start_minute, end_minute, slot, price)
 SELECT p.tariff_id, p.month_from, p.month_to, p.day_kind, d.start_minute, d.end_minute, d.slot, s.price
 FROM tariff_pattern p JOIN pattern_day d ON d.name = p.name
 JOIN slot_price s ON s.tariff_id = p.tariff_id AND s.slot = d.slot
 ORDER BY p.tariff_id, p.month_from, p.day_kind, d.start_minute;
DROP TABLE temp.pattern_day;
DROP TABLE temp.tariff_pattern;
DROP TABLE temp.slot_price;

-- Public holidays (worked = 0) and worked weekends (worked = 1): sample values in the shape of the yearly notices.
CREATE TEMP TABLE break_days (region TEXT, first TEXT, last TEXT, name TEXT);
INSERT INTO break_days VALUES
 ('CN', '2025-10-01', '2025-10-08', '国庆节、中秋节'), ('CN', '2026-01-01', '2026-01-03', '元旦'),
 ('CN', '2026-02-15', '2026-02-23', '春节'), ('CN', '2026-04-04', '2026-04-06', '清明节'),
 ('CN', '2026-05-01', '2026-05-05', '劳动节'), ('CN', '2026-06-19', '2026-06-21', '端午节'),
 ('CN', '2026-09-25', '2026-09-27', '中秋节'), ('CN', '2026-10-01', '2026-10-07', '国庆节'),
 ('DE', '2025-10-03', '2025-10-03', 'Tag der Deutschen Einheit'), ('DE', '2025-11-01', '2025-11-01', 'Allerheiligen'),
 ('DE', '2025-12-25', '2025-12-26', 'Weihnachten'), ('DE', '2026-01-01', '2026-01-01', 'Neujahr'),
 ('DE', '2026-01-06', '2026-01-06', 'Heilige Drei Könige'), ('DE', '2026-04-03', '2026-04-03', 'Karfreitag'),
 ('DE', '2026-04-06', '2026-04-06', 'Ostermontag'), ('DE', '2026-05-01', '2026-05-01', 'Tag der Arbeit'),
 ('DE', '2026-05-14', '2026-05-14', 'Christi Himmelfahrt'), ('DE', '2026-05-25', '2026-05-25', 'Pfingstmontag'),
 ('DE', '2026-06-04', '2026-06-04', 'Fronleichnam'), ('DE', '2026-10-03', '2026-10-03', 'Tag der Deutschen Einheit'),
 ('DE', '2026-11-01', '2026-11-01', 'Allerheiligen');
INSERT INTO offday (region, calendar_day, worked, name)
 WITH RECURSIVE d (region, day, last, name) AS (
  SELECT region, first, last, name FROM break_days
  UNION ALL SELECT region, date(day, '+1 day'), last, name FROM d WHERE day < last)
 SELECT region, day, 0, name FROM d ORDER BY region, day;
INSERT INTO offday (region, calendar_day, worked, name) VALUES
 ('CN', '2025-10-11', 1, '国庆节调休'), ('CN', '2026-01-04', 1, '元旦调休'), ('CN', '2026-02-14', 1, '春节调休'),
 ('CN', '2026-02-28', 1, '春节调休'), ('CN', '2026-05-09', 1, '劳动节调休'), ('CN', '2026-09-20', 1, '国庆节调休'),
 ('CN', '2026-10-10', 1, '国庆节调休');
DROP TABLE temp.break_days;

INSERT INTO alarm_type (code, name_zh, name_en, category, retired) VALUES
 ('over_temperature', '温度越限', 'Over-temperature', 'safety', 0),
 ('over_temperature_trip', '温度跳闸', 'Over-temperature trip', 'safety', 0),
 ('over_residual_current', '漏电流越限', 'Residual current', 'safety', 0),
 ('low_power_factor', '功率因数越限', 'Low power factor', 'quality', 0),
 ('high_thd_u', '电压谐波畸变越限', 'Voltage THD', 'quality', 0),
 ('high_thd_i', '电流谐波畸变越限', 'Current THD', 'quality', 0),
 ('over_voltage', '电压越上限', 'Over-voltage', 'quality', 0),
 ('under_voltage', '电压越下限', 'Under-voltage', 'quality', 0),
 ('current_unbalance', '电流不平衡', 'Current unbalance', 'quality', 0),
 ('power_outage', '停电', 'Power outage', 'load', 0),
 ('overload', '过载', 'Overload', 'load', 0),
 ('over_demand', '需量越限', 'Demand above contract', 'load', 0),
 ('offline', '装置离线', 'Device offline', 'device', 0),
 ('oil_level', '油位异常', 'Oil level', 'device', 0),
 ('temperature_forecast', '温度预测', 'Temperature forecast', 'safety', 1),
 ('smoke_legacy', '烟感（旧）', 'Smoke (old)', 'safety', 1);

INSERT INTO monthly_plan (project_id, plan_month, energy_kwh, amount) VALUES
 (11, '2026-09', 900000, 780000), (11, '2026-10', 850000, 740000), (11, '2026-11', 880000, 760000),
 (13, '2026-10', 520000, NULL), (14, '2026-10', 90000, 75000);

INSERT INTO emission_factor (project_id, valid_from, valid_to, kg_co2_per_kwh, kgce_per_kwh, source) VALUES
 (11, '2024-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：电力排放因子；当量折标系数'),
 (12, '2024-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：电力排放因子；当量折标系数'),
 (13, '2024-12-31 16:00:00', '2025-12-31 16:00:00', 0.5703, 0.1229, '示例值：2025年电力排放因子'),
 (13, '2025-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：2026年电力排放因子'),
 (14, '2024-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：电力排放因子；当量折标系数'),
 (15, '2024-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：电力排放因子；当量折标系数'),
 (16, '2024-12-31 16:00:00', NULL, 0.5366, 0.1229, '示例值：电力排放因子；当量折标系数'),
 (18, '2024-12-31 23:00:00', NULL, 0.363, 0.1229, 'Sample values: grid emission factor; equivalent coefficient');

INSERT INTO recipient (tenant_id, email, name, kind, active) VALUES
 (1, 'energy@huacheng.example', '能源科', 'to', 1), (1, 'finance@huacheng.example', '财务部', 'cc', 1),
 (1, 'old.manager@huacheng.example', '离职人员', 'to', 0),
 (2, 'ops@haiyan.example', '运行部', 'to', 1), (3, 'power@lj3y.example', '总务科', 'to', 1),
 (3, 'audit@lj3y.example', '审计科', 'bcc', 1), (4, 'office@qiming-tower.example', '业委会', 'to', 1),
 (5, 'group@qiming.example', '集团能源部', 'to', 1), (6, 'facility@rheintal.example', 'Facility management', 'to', 1),
 (9, 'duty@nengfu.example', '运行值班室', 'to', 1);
