use super::{catalog, prepared};
use crate::demo::{
    DemoOptions,
    cars::check_digit,
    people,
    world::{Level, World},
};
use std::collections::BTreeSet;

fn sample() -> Vec<World> {
    prepared(&DemoOptions::default(), &catalog()).into_iter().map(|(_, prepared)| prepared.world).collect()
}

#[test]
fn what_follows_comes_after() {
    for world in sample() {
        for p in &world.prospects {
            assert!(p.levels.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{} levels", p.no);
            let last = p.levels.last().map(|(_, level)| *level);
            assert_eq!(last == Some(Level::D), p.delivered.is_some() && p.cancelled.is_none());
            assert_eq!(last == Some(Level::T), p.cancelled.is_some());
            assert_eq!(last == Some(Level::O), p.ordered.is_some() && p.delivered.is_none() && p.cancelled.is_none());
            assert!(p.test_drive.is_none_or(|at| at >= p.first_contact));
            assert!(p.ordered.is_none_or(|at| at >= p.first_contact));
            assert!(p.delivered.is_none_or(|at| p.ordered.is_some_and(|ordered| ordered <= at)));
            assert!(p.cancelled.is_none_or(|at| p.ordered.is_some_and(|ordered| ordered <= at)));
            assert!(p.defeat.is_none_or(|defeat| defeat.at >= p.first_contact && p.ordered.is_none()));
            assert_ne!(p.referrer.as_ref(), Some(&p.phone));
        }
        for o in &world.orders {
            assert!(o.delivered.is_none_or(|at| at >= o.ordered), "{}", o.no);
            assert!(o.cancelled.is_none_or(|at| at >= o.ordered));
            assert_ne!(o.referrer.as_ref(), Some(&o.phone));
            if let Some(p) = o.prospect.map(|i| &world.prospects[i]) {
                let same = (p.ordered, p.delivered, p.cancelled) == (Some(o.ordered), o.delivered, o.cancelled);
                assert!(same && p.phone == o.phone && p.model == o.model, "{}", o.no);
            }
        }
        for c in &world.complaints {
            let times = [Some(c.accepted), c.responded, c.planned, c.closed];
            let known: Vec<_> = times.iter().flatten().collect();
            assert!(known.is_sorted(), "{}", c.no);
            assert_eq!(times.iter().position(Option::is_none).unwrap_or(4), known.len(), "{} skips a step", c.no);
        }
        for f in &world.follow_ups {
            assert!(f.due.is_some() || f.made.is_some());
            if let (Some(made), crate::demo::world::Party::Prospect(i)) = (&f.made, &f.party) {
                assert!(made.at >= world.prospects[*i].first_contact, "{}", f.no);
            }
            if let Some(made) = &f.made {
                assert_eq!(made.satisfaction == Some("不满意"), made.complaint.is_some());
                assert!(made.complaint.iter().all(|no| world.complaints.iter().any(|c| c.no == *no)));
            }
        }
    }
}

#[test]
fn cars_only_go_further() {
    for world in sample() {
        let mut visits: Vec<_> = world.visits.iter().collect();
        visits.sort_by(|a, b| (&a.vin, a.in_at).cmp(&(&b.vin, b.in_at)));
        for pair in visits.windows(2).filter(|pair| pair[0].vin == pair[1].vin) {
            assert!(
                pair[0].in_at.date() < pair[1].in_at.date() && pair[0].mileage <= pair[1].mileage,
                "{}",
                pair[1].no
            );
        }
        assert!(visits.iter().all(|visit| visit.out_at >= visit.in_at && visit.labour >= 0 && visit.parts >= 0));
    }
}

#[test]
fn nothing_happens_after_the_cut_off() {
    let end = DemoOptions::default().as_of.and_hms_opt(18, 5, 0).expect("a time");
    for world in sample() {
        let prospects = world.prospects.iter().flat_map(|p| {
            let levels = p.levels.iter().map(|(at, _)| *at);
            levels.chain(
                [p.test_drive, p.ordered, p.delivered, p.cancelled, p.dormant, p.defeat.map(|d| d.at)]
                    .into_iter()
                    .flatten(),
            )
        });
        let made = world.follow_ups.iter().filter_map(|f| f.made.as_ref().map(|made| made.at));
        let complaints =
            world.complaints.iter().flat_map(|c| [Some(c.accepted), c.responded, c.planned, c.closed]).flatten();
        let visits = world.visits.iter().map(|visit| visit.in_at);
        let orders = world.orders.iter().flat_map(|o| [Some(o.ordered), o.delivered, o.cancelled]).flatten();
        assert!(prospects.chain(made).chain(complaints).chain(visits).chain(orders).all(|at| at <= end));
    }
}

#[test]
fn nobody_shares_a_name_part_a_phone_or_a_car() {
    let worlds = sample();
    let mut staff = BTreeSet::new();
    for world in &worlds {
        let people = world.staff.consultants.iter().chain(&world.staff.advisors).chain(&world.staff.agents);
        for name in people.map(|person| person.name.clone()).chain([world.staff.clerk.clone()]) {
            assert!(staff.insert(name), "two of one name");
        }
    }
    let customers: BTreeSet<&str> = worlds.iter().flat_map(|world| &world.prospects).map(|p| p.name.as_str()).collect();
    assert!(customers.iter().all(|name| name.chars().count() >= 3));
    for customer in &customers {
        assert!(!staff.iter().any(|name| customer.contains(&**name) || name.contains(customer)), "{customer}");
    }
    let phones: Vec<&String> = worlds.iter().flat_map(|world| &world.prospects).map(|p| &p.phone).collect();
    assert_eq!(phones.iter().collect::<BTreeSet<_>>().len(), phones.len());
    let valid = |phone: &str| {
        let bytes = phone.as_bytes();
        bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && &phone[3..7] == "0000"
    };
    assert!(phones.iter().all(|phone| valid(phone)) && valid(&people::shared_phone(3)));
    assert!(valid(&people::phone(people::PHONES - 1)) && people::phone(0) != people::phone(people::PHONES - 1));
    let vins: Vec<&String> = worlds.iter().flat_map(|world| &world.orders).map(|o| &o.vin).collect();
    assert_eq!(vins.iter().collect::<BTreeSet<_>>().len(), vins.len());
    for vin in vins.into_iter().chain(worlds.iter().flat_map(|world| &world.visits).map(|visit| &visit.vin)) {
        assert!(vin.len() == 17 && !vin.contains(['I', 'O', 'Q']), "{vin}");
        assert_eq!(vin.as_bytes()[8], check_digit(vin.as_bytes()), "{vin}");
    }
}

/// 1M8GDM9AXKP042788 and 11111111111111111 are the textbook examples of the standard.
#[test]
fn check_digits_are_those_of_the_standard() {
    assert_eq!(check_digit(b"1M8GDM9AXKP042788"), b'X');
    assert_eq!(check_digit(b"11111111111111111"), b'1');
}

/// The figures that the KPIs stand on are neither nothing nor everything.
#[test]
fn every_figure_has_two_sides() {
    let months = f64::from(DemoOptions::default().months) + 1.0;
    for (i, world) in sample().iter().enumerate() {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let prospects = world.prospects.len();
        let regraded = world
            .prospects
            .iter()
            .filter(|p| p.levels.get(1).is_some_and(|(at, _)| *at - p.first_contact <= chrono::Duration::hours(24)));
        let ordered = world.prospects.iter().filter(|p| p.ordered.is_some()).count();
        let recent: Vec<_> = world.orders.iter().filter(|o| o.prospect.is_some()).collect();
        let answered = world
            .complaints
            .iter()
            .filter(|c| c.responded.is_some_and(|at| at - c.accepted <= chrono::Duration::minutes(10)));
        let numbers = [
            prospects as f64 / months,
            share(regraded.count(), prospects),
            share(ordered, prospects),
            share(world.prospects.iter().filter(|p| p.defeat.is_some()).count(), prospects),
            share(recent.iter().filter(|o| o.cancelled.is_some()).count(), recent.len()),
            world.follow_ups.iter().filter(|f| f.made.is_some()).count() as f64 / months,
            share(world.follow_ups.iter().filter(|f| f.made.is_some()).count(), world.follow_ups.len()),
            world.visits.len() as f64 / 26.0,
            world.complaints.len() as f64 / months,
            share(answered.count(), world.complaints.len()),
            share(world.complaints.iter().filter(|c| c.closed.is_some()).count(), world.complaints.len()),
        ];
        let bounds = [
            (15.0, 50.0),
            (0.5, 0.98),
            (0.12, 0.5),
            (0.2, 0.75),
            (0.01, 0.25),
            (90.0, 450.0),
            (0.6, 0.99),
            (30.0, 120.0),
            (1.0, 9.0),
            (0.2, 0.95),
            (0.5, 1.0),
        ];
        println!("store {i}: {numbers:.2?} open {}", world.prospects.iter().filter(|p| p.ended().is_none()).count());
        for (number, (low, high)) in numbers.into_iter().zip(bounds) {
            assert!((low..=high).contains(&number), "store {i}: {number} outside {low}..{high}");
        }
    }
}
