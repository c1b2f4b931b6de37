use super::super::Policy;

#[test]
fn the_age_of_revocation_data_is_read_back_and_changes_the_digest() {
    let base = Policy::builtin("ru-qes").unwrap();
    let ages = |policy: &Policy| {
        let bound = policy.max_revocation_age_days;
        (bound, policy.fresh_revocation_age_days)
    };
    for id in Policy::BUILTIN {
        assert_eq!(ages(&Policy::builtin(id).unwrap()), (None, None), "{id}");
    }
    let week = Policy {
        max_revocation_age_days: Some(7),
        ..base.clone()
    };
    let fresh_for_a_week = Policy {
        fresh_revocation_age_days: Some(7),
        ..base.clone()
    };
    for changed in [&week, &fresh_for_a_week] {
        assert_eq!(Policy::read(&changed.text()).as_ref(), Ok(changed));
        assert_ne!(changed.digest(), base.digest());
    }
    assert_ne!(week.digest(), fresh_for_a_week.digest());
}
