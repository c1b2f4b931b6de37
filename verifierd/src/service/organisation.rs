//! Linking organisations to the accounts of their heads.

use std::sync::Arc;

use super::{
    Context, account_id,
    change::{Change, Counted, Event, EventKind, Snapshot, Subject},
    confirm::{self, Purpose, Standing, check_open_applications},
    refusal::Refusal,
};
use crate::domain::{
    account::Account,
    application::{Channel, State},
    caller::Caller,
    claims::{FieldViolation, Rule},
    ids::ApplicationId,
    organisation::{Link, LinkIssue, Organisation, OrganisationKind},
    reason::Reason,
};

/// An organisation as the caller wrote it.
pub type RawOrganisation = Option<(OrganisationKind, String)>;

/// Issues an application to link an organisation.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::AccountBlocked`];
/// [`Reason::NotConfirmed`]; [`Reason::OrganisationAlreadyLinked`];
/// [`Reason::TooManyOpenApplications`].
pub async fn prepare(
    context: &Context,
    account: &str,
    raw: RawOrganisation,
) -> Result<Standing, Refusal> {
    let (account, organisation) = match (account_id(account), parse(raw)) {
        (Ok(account), Ok(organisation)) => (account, organisation),
        (account, organisation) => {
            let faults = account.err().into_iter().chain(organisation.err());
            return Err(Refusal::fields(faults.collect()));
        }
    };
    let links = context.store.links(&account).await?;
    if links.iter().any(|link| link.is_live_of(&organisation)) {
        return Err(Reason::OrganisationAlreadyLinked.into());
    }
    let now = context.clock.now();
    let id = ApplicationId::new(context.ids.uuid(now)?);
    let challenge = context.ids.challenge()?;
    let subject = Subject {
        account,
        application: None,
        counted: Counted::OpenApplications(now),
    };
    let settings = context.settings.clone();
    let decide = move |snapshot: &Snapshot| {
        let account = snapshot.account.as_ref().ok_or(Reason::AccountUnknown)?;
        let claims = account.may_apply(Channel::Organisation)?;
        check_open_applications(snapshot, &settings)?;
        let application = LinkIssue {
            id,
            account_id: &account.id,
            claims,
            organisation: &organisation,
            audience: &settings.audience,
            challenge,
            issued_at: now,
            expires_at: now.plus(settings.application_lifetime),
        }
        .application()?;
        Ok(Change {
            events: vec![Event {
                application_id: Some(id),
                ..Event::of_account(EventKind::ApplicationPrepared, account, now)
            }],
            application: Some(application),
            ..Change::default()
        })
    };
    let after = context.store.transact(&subject, Arc::new(decide)).await?;
    confirm::standing(after, now)
}

/// Judges a signed application to link an organisation.
///
/// # Errors
/// As for [`confirm::submit`]; [`Reason::ApplicationOfAnotherKind`].
pub async fn submit(
    context: &Context,
    caller: &Caller,
    account: &str,
    application: &str,
    signature: Vec<u8>,
) -> Result<(Standing, Option<Link>), Refusal> {
    let subject = confirm::subject(account, application)?;
    let purpose = Purpose::OrganisationLink;
    let standing = confirm::submit_as(context, caller, purpose, subject, signature).await?;
    if standing.state != State::Accepted {
        return Ok((standing, None));
    }
    let issued = &standing.filed.application;
    let organisation = Organisation::of_content(&issued.content).ok_or(Reason::Internal)?;
    let links = context.store.links(&standing.account.id).await?;
    let own = links.iter().find(|link| link.id == issued.id);
    let live = links.iter().find(|link| link.is_live_of(&organisation));
    let link = own.or(live).cloned();
    Ok((standing, link))
}

/// The links of an account, the latest first.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`].
pub async fn list(context: &Context, account: &str) -> Result<(Account, Vec<Link>), Refusal> {
    let id = account_id(account)?;
    let account = context.store.account(&id).await?;
    let account = account.ok_or(Reason::AccountUnknown)?;
    Ok((account, context.store.links(&id).await?))
}

/// Ends a link; one that has ended stays as it is.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::OrganisationLinkUnknown`].
pub async fn end(context: &Context, account: &str, link: &str) -> Result<Link, Refusal> {
    let (account, id) = match (account_id(account), link_id(link)) {
        (Ok(account), Ok(id)) => (account, id),
        (account, id) => {
            let faults = account.err().into_iter().chain(id.err());
            return Err(Refusal::fields(faults.collect()));
        }
    };
    let now = context.clock.now();
    let decide = move |account: Option<&Account>, link: Option<&Link>| {
        let account = account.ok_or(Reason::AccountUnknown)?;
        let link = link.ok_or(Reason::OrganisationLinkUnknown)?;
        Ok(link.ended_at.is_none().then(|| Event {
            application_id: Some(link.id),
            ..Event::of_account(EventKind::OrganisationUnlinked, account, now)
        }))
    };
    let store = &context.store;
    store.end_link(&account, &id, Arc::new(decide)).await?;
    let links = store.links(&account).await?;
    let ended = links.into_iter().find(|link| link.id == id);
    ended.ok_or_else(|| Reason::OrganisationLinkUnknown.into())
}

fn link_id(text: &str) -> Result<ApplicationId, FieldViolation> {
    super::uuid_field("link_id", text, ApplicationId::parse)
}

fn parse(raw: RawOrganisation) -> Result<Organisation, FieldViolation> {
    let (kind, number) = raw.ok_or(FieldViolation {
        field: "number",
        rule: Rule::Required,
    })?;
    Organisation::parse(kind, &number)
}
