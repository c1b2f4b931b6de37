//! Who may attest a person: an administrator's acts.

use std::sync::Arc;

use super::{
    Context,
    change::{Event, EventKind},
    ports::enrolments::{EnrolmentChange, EnrolmentQuery, EnrolmentSubject},
    refusal::Refusal,
    uuid_field,
};
use crate::domain::{
    claims::{FieldViolation, Line, Rule},
    enrolment::{
        Act, CentreId, EndRefused, Enrolled, Enrolment, EnrolmentKind, RawEnrolled, Standing,
    },
    identifiers::{Ogrn, Snils},
    ids::{ActorId, EnrolmentId},
    reason::Reason,
    time::UnixSeconds,
};

/// The days of an enrolment and who acts, as the caller wrote them.
#[derive(Clone, Copy)]
pub struct RawAct<'a> {
    /// First second; now when absent.
    pub from: Option<UnixSeconds>,
    /// First second after it; open when absent.
    pub until: Option<UnixSeconds>,
    /// The administrator, as the portal names its staff.
    pub acted_by: &'a str,
}

/// Enrols a centre, an operator or a bank; the same call again answers the
/// same enrolment.
///
/// # Errors
/// Fields; [`Reason::EnrolmentExists`]; [`Reason::CentreNotActive`] for an
/// operator of a centre that is not enrolled, or no longer.
pub async fn enrol(
    context: &Context,
    raw: &RawEnrolled<'_>,
    act: &RawAct<'_>,
) -> Result<Enrolment, Refusal> {
    let now = context.clock.now();
    let enrolled = Enrolled::parse(raw);
    let by = actor(act.acted_by);
    let from = act.from.unwrap_or(now);
    let ordered = act.until.is_none_or(|until| until > from && until > now);
    let dated = ordered.then_some(()).ok_or(FieldViolation {
        field: "until",
        rule: Rule::After,
    });
    let (enrolled, by) = match (enrolled, by, dated) {
        (Ok(enrolled), Ok(by), Ok(())) => (enrolled, by),
        (enrolled, by, dated) => {
            let mut faults = enrolled.err().unwrap_or_default();
            faults.extend(by.err().into_iter().chain(dated.err()));
            return Err(Refusal::fields(faults));
        }
    };
    let new = Enrolment {
        id: EnrolmentId::new(context.ids.uuid(now)?),
        enrolled: enrolled.clone(),
        from,
        until: act.until,
        made: Act { by, at: now },
        ended: None,
    };
    let asked_from = act.from;
    let decide = move |open: &[Enrolment]| {
        if let Enrolled::Operator { centre, .. } = &new.enrolled {
            check_centre(centre, open, now)?;
        }
        let same = |it: &&Enrolment| it.enrolled.is_same_as(&new.enrolled);
        match open.iter().find(same) {
            Some(old) => {
                let repeated = old.enrolled == new.enrolled
                    && old.until == new.until
                    && asked_from.is_none_or(|from| from == old.from);
                match repeated {
                    true => Ok(EnrolmentChange::Keep(old.clone())),
                    false => Err(Reason::EnrolmentExists.into()),
                }
            }
            None => {
                let kind = match new.enrolled.kind() {
                    EnrolmentKind::Centre => EventKind::CentreEnrolled,
                    EnrolmentKind::Operator => EventKind::OperatorEnrolled,
                    EnrolmentKind::Bank => EventKind::BankEnrolled,
                };
                let event = Event::of_object(kind, &new.id, now);
                Ok(EnrolmentChange::Insert(new.clone(), event))
            }
        }
    };
    let subject = EnrolmentSubject::Open(enrolled);
    let store = &context.store;
    Ok(store.change_enrolment(&subject, Arc::new(decide)).await?)
}

fn check_centre(centre: &CentreId, open: &[Enrolment], now: UnixSeconds) -> Result<(), Reason> {
    let counts = open.iter().any(|it| {
        matches!(&it.enrolled, Enrolled::Centre { centre: other, .. } if other == centre)
            && it.standing(now) != Standing::Ended
    });
    match counts {
        true => Ok(()),
        false => Err(Reason::CentreNotActive),
    }
}

/// Staff are named by identifiers, so that no name of a person stands in clear.
fn actor(text: &str) -> Result<Line, FieldViolation> {
    let by = ActorId::of_field(text)?;
    Line::parse(by.as_str()).ok_or(FieldViolation {
        field: "acted_by",
        rule: Rule::AccountId,
    })
}

/// Ends an enrolment at `act.until`, or at once; the same call again changes
/// nothing.
///
/// # Errors
/// Fields; [`Reason::EnrolmentUnknown`]; [`Reason::EnrolmentEndsEarlier`].
pub async fn end(context: &Context, id: &str, act: &RawAct<'_>) -> Result<Enrolment, Refusal> {
    let id = uuid_field("enrolment_id", id, EnrolmentId::parse);
    let by = actor(act.acted_by);
    let (id, by) = match (id, by) {
        (Ok(id), Ok(by)) => (id, by),
        (id, by) => {
            return Err(Refusal::fields(
                id.err().into_iter().chain(by.err()).collect(),
            ));
        }
    };
    let now = context.clock.now();
    let until = act.until;
    let decide = move |found: &[Enrolment]| {
        let mut enrolment = found.first().cloned().ok_or(Reason::EnrolmentUnknown)?;
        let act = Act {
            by: by.clone(),
            at: now,
        };
        match enrolment.end(until, act) {
            Ok(false) => Ok(EnrolmentChange::Keep(enrolment)),
            Ok(true) => {
                let event = Event::of_object(EventKind::EnrolmentEnded, &enrolment.id, now);
                Ok(EnrolmentChange::End(enrolment, event))
            }
            Err(EndRefused::EndsEarlier) => Err(Reason::EnrolmentEndsEarlier.into()),
            Err(EndRefused::Passed) => Err(FieldViolation {
                field: "until",
                rule: Rule::After,
            }
            .into()),
        }
    };
    let subject = EnrolmentSubject::Id(id);
    let store = &context.store;
    Ok(store.change_enrolment(&subject, Arc::new(decide)).await?)
}

/// One enrolment.
///
/// # Errors
/// Fields; [`Reason::EnrolmentUnknown`].
pub async fn enrolment(context: &Context, id: &str) -> Result<Enrolment, Refusal> {
    let id = uuid_field("enrolment_id", id, EnrolmentId::parse)?;
    let found = context.store.enrolment(&id).await?;
    found.ok_or_else(|| Reason::EnrolmentUnknown.into())
}

/// Which enrolments to list, as the caller wrote it; what is empty does not
/// restrict.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct RawQuery<'a> {
    pub kind: Option<EnrolmentKind>,
    pub centre: &'a str,
    pub operator_snils: &'a str,
    pub ogrn: &'a str,
    /// 0 stands for 100.
    pub page_size: i32,
    pub page_token: &'a str,
}

/// A page of enrolments.
#[allow(missing_docs)]
pub struct Page {
    pub enrolments: Vec<Enrolment>,
    /// Names the next page; empty after the last.
    pub next_page_token: String,
}

/// Enrolments, a page at a time, in the order of their ids.
///
/// # Errors
/// Fields.
pub async fn list(context: &Context, raw: &RawQuery<'_>) -> Result<Page, Refusal> {
    let query = query(raw).map_err(Refusal::fields)?;
    let size = usize::try_from(query.limit).unwrap_or_default();
    // One more than asked for tells whether there is another page.
    let query = EnrolmentQuery {
        limit: query.limit + 1,
        ..query
    };
    let mut enrolments = context.store.enrolments(&query).await?;
    let is_last = enrolments.len() <= size;
    enrolments.truncate(size);
    let last = enrolments.last().filter(|_| !is_last);
    Ok(Page {
        next_page_token: last.map_or(String::new(), |last| last.id.to_string()),
        enrolments,
    })
}

fn query(raw: &RawQuery<'_>) -> Result<EnrolmentQuery, Vec<FieldViolation>> {
    let mut faults = Vec::new();
    let mut fault = |field, rule| faults.push(FieldViolation { field, rule });
    let centre = CentreId::parse(raw.centre);
    let operator = Snils::parse(raw.operator_snils).ok();
    let ogrn = Ogrn::parse(raw.ogrn).ok();
    let after = EnrolmentId::parse(raw.page_token);
    for (field, text, is_read, rule) in [
        ("centre_id", raw.centre, centre.is_some(), Rule::AccountId),
        (
            "operator_snils",
            raw.operator_snils,
            operator.is_some(),
            Rule::Snils,
        ),
        ("ogrn", raw.ogrn, ogrn.is_some(), Rule::Ogrn),
        (
            "page_token",
            raw.page_token,
            after.is_some(),
            Rule::PageToken,
        ),
    ] {
        if !text.is_empty() && !is_read {
            fault(field, rule);
        }
    }
    let limit = match raw.page_size {
        0 => 100,
        size => size,
    };
    if !(1..=1000).contains(&limit) {
        fault("page_size", Rule::PageSize);
    }
    match faults.is_empty() {
        true => Ok(EnrolmentQuery {
            kind: raw.kind,
            centre,
            operator,
            ogrn,
            after,
            limit: limit.into(),
        }),
        false => Err(faults),
    }
}
