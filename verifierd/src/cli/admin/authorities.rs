//! `verifierd admin authorities`.

use clap::Args;
use proto::v1::{ListAuthoritiesRequest, trust_service_client::TrustServiceClient};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Paging, Remote},
};

/// List the keys of accredited authorities that the daemon trusts
///
/// Перечислить ключи аккредитованных удостоверяющих центров, которым доверяет сервис.
#[derive(Args)]
pub(super) struct Arguments {
    /// Only the authority with this OGRN / только центр с этим ОГРН
    #[arg(
        long,
        value_name = "OGRN",
        default_value = "",
        hide_default_value = true
    )]
    ogrn: String,
    /// Only this key identifier, hexadecimal / только ключ с этим идентификатором
    #[arg(long, value_name = "HEX", default_value = "", hide_default_value = true, value_parser = key)]
    key: Key,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Clone, Debug)]
struct Key(Vec<u8>);

fn key(text: &str) -> Result<Key, String> {
    let octets = hex::decode(text).map(Key);
    octets.map_err(|_| "hexadecimal digits are needed / нужны шестнадцатеричные цифры".to_owned())
}

const COLUMNS: &[&str] = &["name", "ogrn", "key_identifier", "status", "status_from"];

pub(super) fn run(arguments: &Arguments) -> Exit {
    arguments.paging.run(|token| {
        let request = ListAuthoritiesRequest {
            ogrn: arguments.ogrn.clone(),
            key_identifier: arguments.key.0.clone(),
            at: None,
            page_size: arguments.paging.size,
            page_token: token,
        };
        let answer = arguments.remote.ask(async |channel| {
            TrustServiceClient::new(channel)
                .max_decoding_message_size(ANSWER_OCTETS)
                .list_authorities(request)
                .await
        });
        let answer = answer?.into_inner();
        let shown = arguments.remote.rows(&answer, "keys", COLUMNS);
        Ok((shown, answer.next_page_token))
    })
}
