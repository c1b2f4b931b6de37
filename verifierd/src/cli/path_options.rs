//! Options that ask more of a certification path than its policy does (RFC 5280 §6.1.1).

use clap::Args;
use sig_core::{
    Limits, Policy,
    der::oid::Oid,
    path::{
        host::Host,
        inputs::{AnyPolicyRule, ExplicitPolicyRule, PolicyMappingRule, PolicySet},
    },
};

/// What is asked of the path / Требования к цепочке
#[derive(Args, Debug)]
pub(super) struct PathOptions {
    /// A certificate policy that is acceptable, repeatable / приемлемая политика сертификата
    #[arg(long, value_name = "OID", value_parser = parse_oid)]
    initial_policy: Vec<Oid>,
    /// The path must be valid for such a policy / цепочка должна иметь такую политику
    #[arg(long)]
    require_explicit_policy: bool,
    /// Policy mappings do not count / соответствия политик не учитываются
    #[arg(long)]
    inhibit_policy_mapping: bool,
    /// anyPolicy does not count / anyPolicy не учитывается
    #[arg(long)]
    inhibit_any_policy: bool,
    /// Most intermediate certificates, those issued by an authority to itself not counted / не больше
    /// промежуточных сертификатов
    #[arg(long, value_name = "N", value_parser = parse_depth)]
    max_depth: Option<u32>,
}

/// What is asked of the end entity / Требования к сертификату
#[derive(Args, Debug)]
pub(super) struct EndEntityOptions {
    /// The extended key usage that is wanted / требуемое расширенное использование ключа
    #[arg(long, value_name = "OID", value_parser = parse_oid)]
    key_purpose: Option<Oid>,
    /// The server that must be named / имя сервера, которое должно быть в сертификате
    #[arg(long, value_name = "NAME", value_parser = parse_host)]
    host: Option<Host>,
}

fn parse_oid(text: &str) -> Result<Oid, String> {
    Oid::parse(text)
        .ok_or_else(|| "an object identifier, for example 1.2.643.100.113.1 / например".to_owned())
}

/// More than a path may have at all would promise what the limit on its length refuses.
fn parse_depth(text: &str) -> Result<u32, String> {
    let most = Limits::STANDARD.path_length.saturating_sub(1);
    let depth = text.parse().ok().filter(|depth| *depth <= most);
    depth.ok_or_else(|| format!("a number from 0 to {most} / число от 0 до {most}"))
}

fn parse_host(text: &str) -> Result<Host, String> {
    Host::parse(text)
        .ok_or_else(|| "a domain name in ASCII or an address / доменное имя или адрес".to_owned())
}

impl PathOptions {
    pub(super) fn apply(&self, policy: &mut Policy) {
        if !self.initial_policy.is_empty() {
            policy.path.policies = PolicySet::of(self.initial_policy.iter().copied());
        }
        if self.require_explicit_policy {
            policy.path.explicit_policy = ExplicitPolicyRule::Required;
        }
        if self.inhibit_policy_mapping {
            policy.path.policy_mapping = PolicyMappingRule::Inhibited;
        }
        if self.inhibit_any_policy {
            policy.path.any_policy = AnyPolicyRule::Inhibited;
        }
        // The policy may allow less already.
        let depths = [policy.path.max_depth, self.max_depth];
        policy.path.max_depth = depths.into_iter().flatten().min();
    }
}

impl EndEntityOptions {
    pub(super) fn apply(&self, policy: &mut Policy) {
        if self.key_purpose.is_some() {
            policy.path.key_purpose = self.key_purpose;
        }
        if self.host.is_some() {
            policy.path.host.clone_from(&self.host);
        }
    }
}
