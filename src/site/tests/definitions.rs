//! Definition files of the made-up group: KPIs, lists, scorecards and rules as a group's own folder would hold them.

use std::path::Path;

/// id, title, English, topic, fact, time, where, excluded, numerator, denominator, target, further lines.
type Kpi = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const KPIS: [Kpi; 21] = [
    (
        "lead_gather",
        "集客量",
        "Leads gathered",
        "prospects",
        "prospect",
        "first_contact_at",
        "numerator = \"1\"\nunit = \"count\"\nevidence = [\"customer_key\", \"level\"]",
    ),
    (
        "pool_convert",
        "成交率",
        "Conversion",
        "prospects",
        "pool",
        "month",
        "numerator = \"ordered\"\ndenominator = \"1\"\ntarget = 0.12\nassumption = true\nevidence = [\"customer_key\", \"level_at_start\", \"new_in_month\", \"ordered\"]",
    ),
    (
        "ha_close",
        "H/A 成交率",
        "H/A closing",
        "prospects",
        "pool",
        "month",
        "where = \"ha_base\"\nnumerator = \"ordered\"\ndenominator = \"1\"\ntarget = 0.35\nassumption = true\nevidence = [\"customer_key\", \"ordered\"]",
    ),
    (
        "defeat_rate",
        "战败率",
        "Defeats",
        "prospects",
        "pool",
        "month",
        "numerator = \"defeated\"\ndenominator = \"1\"\ndirection = \"down\"\ntarget = 0.08\nassumption = true\nevidence = [\"customer_key\", \"defeated\"]",
    ),
    (
        "n_regrade_24h",
        "N级24小时定级率",
        "N re-graded in 24 h",
        "timeliness",
        "duty",
        "due_by",
        "where = \"kind = 'n_regrade'\"\nexcluded = \"verdict = 'unmeasurable'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\ntarget = 1.0\nevidence = [\"customer_key\", \"opened_at\", \"due_by\", \"done_at\", \"verdict\"]",
    ),
    (
        "followup_timely",
        "跟进及时率",
        "Follow-up in time",
        "timeliness",
        "duty",
        "due_by",
        "where = \"kind = 'contact'\"\nexcluded = \"verdict = 'unmeasurable'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\ntarget = 0.9\nassumption = true\nevidence = [\"customer_key\", \"customer_name\", \"level\", \"opened_at\", \"due_by\", \"done_at\", \"verdict\"]",
    ),
    (
        "thanks_24h",
        "24小时感谢率",
        "Thanks in 24 h",
        "timeliness",
        "duty",
        "due_by",
        "where = \"kind = 'thanks'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\ntarget = 1.0\nevidence = [\"customer_key\", \"opened_at\", \"due_by\", \"done_at\"]",
    ),
    (
        "call_3d",
        "三日回访率",
        "3-day call",
        "timeliness",
        "duty",
        "due_by",
        "where = \"kind = 'call_3d'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\ntarget = 1.0\nevidence = [\"customer_key\", \"due_by\", \"done_at\"]",
    ),
    (
        "revisit_rate",
        "回访率",
        "Return visits made",
        "timeliness",
        "follow_up",
        "due_on",
        "numerator = \"attempted\"\ndenominator = \"1\"\ntarget = 0.3\nevidence = [\"customer_key\", \"due_on\", \"done_at\"]",
    ),
    (
        "deliver_rate",
        "交车率",
        "Deliveries",
        "orders",
        "order_pool",
        "month",
        "where = \"base\"\nnumerator = \"delivered\"\ndenominator = \"1\"\ntarget = 0.6\nassumption = true\nevidence = [\"ordered_at\", \"delivered_at\"]",
    ),
    (
        "cancel_rate",
        "退订率",
        "Cancellations",
        "orders",
        "order_pool",
        "month",
        "where = \"base\"\nnumerator = \"cancelled\"\ndenominator = \"1\"\ndirection = \"down\"\ntarget = 0.05\nassumption = true\nevidence = [\"ordered_at\", \"cancelled_at\"]",
    ),
    (
        "cp_resp_10m",
        "投诉10分钟响应率",
        "Complaints answered in 10 min",
        "complaints",
        "complaint",
        "accepted_at",
        "excluded = \"resp_verdict = 'unmeasurable'\"\nnumerator = \"resp_verdict = 'met'\"\ndenominator = \"1\"\ntarget = 0.95\nevidence = [\"category\", \"accepted_at\", \"responded_at\", \"resp_verdict\"]",
    ),
    (
        "cp_plan_24h",
        "24小时方案率",
        "Plan in 24 h",
        "complaints",
        "complaint",
        "accepted_at",
        "numerator = \"plan_verdict = 'met'\"\ndenominator = \"1\"\ntarget = 0.95\nevidence = [\"category\", \"accepted_at\", \"planned_at\"]",
    ),
    (
        "cp_close",
        "结案率",
        "Complaints closed",
        "complaints",
        "complaint",
        "accepted_at",
        "numerator = \"closed\"\ndenominator = \"1\"\ntarget = 0.98\nevidence = [\"category\", \"accepted_at\", \"closed_at\"]",
    ),
    (
        "cp_repeat",
        "重复投诉率",
        "Repeated complaints",
        "complaints",
        "complaint",
        "closed_at",
        "numerator = \"repeated\"\ndenominator = \"1\"\ndirection = \"down\"\ntarget = 0.05\nassumption = true\nevidence = [\"category\", \"closed_at\"]",
    ),
    (
        "first_service",
        "首保率",
        "First service",
        "after_sales",
        "order",
        "first_service_due_on",
        "numerator = \"first_service_verdict = 'met'\"\ndenominator = \"1\"\ntarget = 0.95\nevidence = [\"vin\", \"delivered_at\", \"first_service_due_on\"]",
    ),
    (
        "retention_1y",
        "一年保持率",
        "Retention",
        "after_sales",
        "lifecycle",
        "month_end",
        "where = \"base\"\nnumerator = \"retained\"\ndenominator = \"1\"\ntarget = 0.75\naccumulate = \"closing\"\nevidence = [\"vin\", \"last_visit_at\", \"churn_stage\"]",
    ),
    (
        "service_value",
        "服务产值",
        "Service income",
        "after_sales",
        "service_visit",
        "in_at",
        "numerator = \"total\"\nunit = \"yuan\"\nevidence = [\"total\"]",
    ),
    (
        "value_per_visit",
        "单台产值",
        "Income per visit",
        "after_sales",
        "service_visit",
        "in_at",
        "numerator = \"total\"\ndenominator = \"1\"\nunit = \"yuan\"\ntarget = 2200.0\nassumption = true\nevidence = [\"total\"]",
    ),
    (
        "referral_rate",
        "转介绍率",
        "Referrals",
        "value",
        "order",
        "delivered_at",
        "numerator = \"referral\"\ndenominator = \"1\"\ntarget = 0.3\nevidence = [\"delivered_at\", \"referral\"]",
    ),
    (
        "submit_ontime",
        "按时报送率",
        "Submitted in time",
        "department",
        "submission",
        "week",
        "where = \"expected\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\ntarget = 1.0\nevidence = [\"kind\", \"submitted_at\", \"due_by\", \"verdict\"]",
    ),
];

const LISTS: [(&str, &str); 3] = [
    (
        "n_regrade",
        "number = 1\ntitle = { zh = \"N 级未定级\", en = \"N not re-graded\" }\nfact = \"duty\"\nwhere = \"kind = 'n_regrade' and open\"\nowner = \"staff\"\ndue = \"due_by\"\nreason = \"'N 级超过 24 小时'\"\ncustomer = \"customer_key\"\nname = \"customer_name\"\nphone = \"phone\"\nextra = [{ column = \"level\", title = { zh = \"级别\", en = \"Level\" } }, { column = \"customer_name\", title = { zh = \"客户\", en = \"Name\" } }]\nnext_step = { zh = \"今天联系并重新定级。\", en = \"Call and re-grade today.\" }\nmeaning = { zh = \"首次接触后 24 小时仍是 N 级的潜客。\", en = \"Still at level N after 24 hours.\" }\nsource = \"S2\"\n",
    ),
    (
        "contact_overdue",
        "number = 2\ntitle = { zh = \"跟进逾期\", en = \"Contact overdue\" }\nfact = \"duty\"\nwhere = \"kind = 'contact' and open\"\nowner = \"staff\"\ndue = \"due_by\"\nreason = \"'超过跟进时限'\"\ncustomer = \"customer_key\"\nname = \"customer_name\"\nphone = \"phone\"\nextra = [{ column = \"level\", title = { zh = \"级别\", en = \"Level\" } }, { column = \"model\", title = { zh = \"意向车型\", en = \"Model\" } }]\nnext_step = { zh = \"按级别频次电话跟进,记录结果与下次日期。\", en = \"Call, and note result and next date.\" }\nmeaning = { zh = \"超过级别规定频次仍未接通的在池潜客。\", en = \"Open prospects past the cadence of their level.\" }\nsource = \"S2\"\n",
    ),
    (
        "churn_ladder",
        "number = 16\ntitle = { zh = \"流失招揽\", en = \"Churn ladder\" }\nfact = \"lifecycle\"\nwhere = \"current and churn_stage <> '活跃'\"\nowner = \"staff\"\nreason = \"churn_stage\"\ncustomer = \"vin\"\nname = \"customer_name\"\nphone = \"phone\"\nextra = [{ column = \"churn_stage\", title = { zh = \"阶段\", en = \"Stage\" } }, { column = \"tier\", title = { zh = \"价值\", en = \"Tier\" } }, { column = \"last_visit_at\", title = { zh = \"最近进厂\", en = \"Last visit\" } }]\nnext_step = { zh = \"先高价值、后普通,邀约回厂。\", en = \"Invite back, highest tier first.\" }\nmeaning = { zh = \"距上次有效进厂超过 3 个月的车主。\", en = \"Owners away for more than 3 months.\" }\nsource = \"S1 369\"\n",
    ),
];

const CARD: &str = "title = { zh = \"客服专员\", en = \"CS agent\" }\nundefined = 25\nsource = \"S3\"\n[[item]]\ntitle = { zh = \"回访完成率\", en = \"Return visits\" }\nkpi = \"revisit_rate\"\nweight = 30\n[[item]]\ntitle = { zh = \"投诉响应时间\", en = \"Complaint response\" }\nkpi = \"cp_resp_10m\"\nweight = 25\n[[item]]\ntitle = { zh = \"客户满意度\", en = \"CSAT\" }\nweight = 20\n";

const RULES: [(&str, &str, &str, &str, &str); 5] = [
    ("C001", "notice", "单元格已修正", "{field} 已按规范格式读取", "无需处理;下次请直接填规范格式。"),
    ("C003", "error", "不是日期", "{field} 的“{value}”读不成日期", "改成 2026-03-05 这样的日期。"),
    ("R101", "error", "D 级缺交车日期", "级别是 D(已交车),但没有{field}", "补填交车日期,或改正级别。"),
    ("S002", "notice", "与上次报送不同", "本行与上次报送的内容不同", "如属更正,无需处理。"),
    ("W002", "error", "文件加密", "工作簿有密码,打不开", "去掉密码后重新放入文件夹。"),
];

pub(super) fn write(group: &Path) {
    let put = |kind: &str, id: &str, text: &str| {
        let folder = group.join("definitions").join(kind);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{id}.toml")), text).expect("a file");
    };
    for (order, (id, zh, en, topic, fact, time, rest)) in KPIS.iter().enumerate() {
        let head = format!(
            "title = {{ zh = \"{zh}\", en = \"{en}\" }}\ntopic = \"{topic}\"\nfact = \"{fact}\"\ntime = \"{time}\"\norder = {order}\n\
             source = \"S1–S3\"\nmeaning = {{ zh = \"{zh}:按定义逐行判定,能判定的行里做到的占多少。\", en = \"{en}.\" }}\n\
             advice = {{ zh = \"先看未达标的行,再看是谁、差在哪一步。\", en = \"Look at the rows that missed.\" }}\n"
        );
        put("kpis", id, &format!("{head}{rest}\n"));
    }
    for (id, text) in LISTS {
        put("worklists", id, text);
    }
    put("scorecards", "cs_agent", CARD);
    for (code, severity, title, message, fix) in RULES {
        let text = format!(
            "severity = \"{severity}\"\ntitle = {{ zh = \"{title}\" }}\nmessage = {{ zh = \"{message}\" }}\n\
             cause = {{ zh = \"手工录入时常见。\" }}\nfix = {{ zh = \"{fix}\" }}\nexample = {{ zh = \"错:3/5日;对:2026-03-05\" }}\n"
        );
        put("rules", code, &text);
    }
}
