use super::{at, catalog, facts, lines, rows};
use crate::facts::{Delivery, GroupDeliveries, deliveries, referrers};

#[test]
fn a_referrer_is_somebody_else_whom_the_group_delivered_to_before() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "order",
                "order_no | phone | referrer_phone | ordered_at | delivered_at
                 DD1 | 13800000001 | - | 2024-01-01 | 2024-02-01
                 DD2 | 13800000002 | 13800000001 | 2026-09-01 | 2026-10-01
                 DD3 | 13800000003 | 13800000003 | 2026-09-01 | 2026-10-02
                 DD4 | 13800000004 | 13900000009 | 2026-09-01 | 2026-10-03
                 DD5 | 13800000005 | 13800000006 | 2026-09-01 | 2026-10-04
                 DD6 | 13800000006 | 13800000007 | 2026-09-01 | 2026-10-05
                 DD7 | 13800000007 | - | 2026-09-01 | 2026-10-05 10:00
                 DD8 | 13800000008 | 13800000001 | 2026-09-01 | -
                 DD9 | 13800000009 | 13800000010 | 2026-09-01 | 2026-10-09",
            ),
            (
                "prospect",
                "prospect_no | phone | first_contact_at | level | level_at | delivered_at
                 Q1 | 13800000010 | 2025-01-01 | D | 2025-02-01 | 2025-02-01",
            ),
        ],
    );
    let mut found = lines(&facts["order"], None, &["order_no", "referral"]);
    found.sort();
    assert_eq!(
        found,
        [
            "DD1 | no",
            "DD2 | yes",
            "DD3 | no", // the buyer's own phone
            "DD4 | no", // nobody the group delivered to
            "DD5 | no", // delivered to later
            "DD6 | -",  // on the same day, and the hour is not known
            "DD7 | no",
            "DD8 | -",   // not delivered
            "DD9 | yes", // known from a prospect sheet alone
        ]
    );
}

#[test]
fn the_earliest_delivery_counts_whatever_the_order_of_stores() {
    let delivery = |phone: &str, when: &str| Delivery { phone: phone.into(), vin: None, at: at(when) };
    let (early, late) = (delivery("13800000001", "2024-05-01"), delivery("13800000001", "2025-05-01 10:00"));
    let group = GroupDeliveries::new([early.clone(), late.clone()]);
    assert_eq!(group, GroupDeliveries::new([late, early.clone()]));
    let catalog = catalog();
    let with_referrer = |phone: &str| {
        let order = format!("order_no | phone | referrer_phone | ordered_at\nDD1 | 13800000002 | {phone} | 2026-09-01");
        rows(&catalog, &[("order", &order)])
    };
    // The digest sees the referrers of the store alone.
    let other = GroupDeliveries::new([early.clone(), delivery("13900000009", "2024-05-01")]);
    let (own, none) = (with_referrer("13800000001"), with_referrer("-"));
    assert_eq!(group.digest(&referrers(&own, &catalog)), other.digest(&referrers(&own, &catalog)));
    let sooner = GroupDeliveries::new([early, delivery("13800000001", "2024-04-30")]);
    assert_ne!(group.digest(&referrers(&own, &catalog)), sooner.digest(&referrers(&own, &catalog)));
    assert_eq!(group.digest(&referrers(&none, &catalog)), sooner.digest(&referrers(&none, &catalog)));
    assert_eq!(deliveries(&own, &catalog), []);
}
