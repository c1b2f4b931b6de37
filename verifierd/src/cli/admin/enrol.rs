//! `verifierd admin enrol`.

use clap::{Args, ValueEnum};
use proto::v1::{
    EnrolBankRequest, EnrolCentreRequest, EnrolOperatorRequest,
    enrolment_service_client::EnrolmentServiceClient,
};

use crate::cli::{
    Exit,
    client::{Data, Remote},
};

/// Enrol a service centre, its operator or a bank, who may then attest persons
///
/// The file holds {"centre_id": …, "name": …}, {"centre_id": …, "operator_snils": …} or {"ogrn": …, "name": …}. The same
/// command again answers the same enrolment.
///
/// Допустить к удостоверению личности центр обслуживания, его оператора или банк; кого именно — в файле.
#[derive(Args)]
pub(super) struct Arguments {
    /// Whom / кого
    whom: Whom,
    #[command(flatten)]
    data: Data,
    /// Who acts, an id and no name / кто допускает: идентификатор, не имя
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Clone, Copy, ValueEnum)]
enum Whom {
    /// A service centre
    Centre,
    /// An operator of a service centre
    Operator,
    /// A bank
    Bank,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let done = match arguments.whom {
        Whom::Centre => centre(arguments),
        Whom::Operator => operator(arguments),
        Whom::Bank => bank(arguments),
    };
    done.unwrap_or_else(|exit| exit)
}

fn centre(arguments: &Arguments) -> Result<Exit, Exit> {
    let request = EnrolCentreRequest {
        acted_by: arguments.by.clone(),
        ..arguments.data.read()?
    };
    Ok(arguments.remote.show(async |channel| {
        let mut client = EnrolmentServiceClient::new(channel);
        client.enrol_centre(request).await
    }))
}

fn operator(arguments: &Arguments) -> Result<Exit, Exit> {
    let request = EnrolOperatorRequest {
        acted_by: arguments.by.clone(),
        ..arguments.data.read()?
    };
    Ok(arguments.remote.show(async |channel| {
        let mut client = EnrolmentServiceClient::new(channel);
        client.enrol_operator(request).await
    }))
}

fn bank(arguments: &Arguments) -> Result<Exit, Exit> {
    let request = EnrolBankRequest {
        acted_by: arguments.by.clone(),
        ..arguments.data.read()?
    };
    Ok(arguments.remote.show(async |channel| {
        let mut client = EnrolmentServiceClient::new(channel);
        client.enrol_bank(request).await
    }))
}
