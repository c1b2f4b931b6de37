//! The statements of a qualified certificate (EN 319 412-5 §4).

use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::x509::certificate::Certificate;

/// id-etsi-qcs-QcCompliance (EN 319 412-5 §4.2.1).
const QC_COMPLIANCE: Oid = Oid::new(&[0, 4, 0, 1862, 1, 1]);
/// id-etsi-qcs-QcSSCD (EN 319 412-5 §4.2.2).
const QC_SSCD: Oid = Oid::new(&[0, 4, 0, 1862, 1, 4]);
/// id-etsi-qcs-QcType (EN 319 412-5 §4.2.3).
const QC_TYPE: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6]);
/// id-etsi-qcs-QcCClegislation (EN 319 412-5 §4.2.4).
const QC_LEGISLATION: Oid = Oid::new(&[0, 4, 0, 1862, 1, 7]);
/// id-etsi-qct-esign (EN 319 412-5 §4.2.3).
pub(super) const QCT_ESIGN: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6, 1]);
/// id-etsi-qct-eseal (EN 319 412-5 §4.2.3).
pub(super) const QCT_ESEAL: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6, 2]);
/// id-etsi-qct-web (EN 319 412-5 §4.2.3).
pub(super) const QCT_WEB: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6, 3]);

/// The statements of a certificate (EN 319 412-5 §4).
#[derive(Default)]
pub(super) struct Statements {
    pub(super) is_malformed: bool,
    /// With the Regulation.
    pub(super) complies: bool,
    /// The law of the countries that are named holds instead.
    names_law: bool,
    pub(super) in_device: bool,
    /// Of QcType, when it is there.
    pub(super) types: Option<Vec<Oid>>,
}

impl Statements {
    pub(super) fn of(certificate: &Certificate) -> Self {
        let mut statements = Self::default();
        let Some(extension) = certificate.extensions.find(oids::QC_STATEMENTS) else {
            return statements;
        };
        let mut budget = Budget::new(Limits::STANDARD);
        let mut reader = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        let read = statements.read(&mut reader, &mut budget);
        // Compliance with the law of the countries that it names, which is not the Regulation.
        statements.complies &= !statements.names_law;
        if read.is_err() {
            // Half of what is said is not what was said.
            return Self {
                is_malformed: true,
                ..Self::default()
            };
        }
        statements
    }

    fn read(&mut self, reader: &mut Reader<'_>, budget: &mut Budget) -> Result<(), Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        while !list.is_empty() {
            let mut statement = list.enter(Tag::SEQUENCE, budget)?;
            match statement.oid(budget)? {
                QC_COMPLIANCE => self.complies = true,
                QC_SSCD => self.in_device = true,
                QC_TYPE => {
                    let mut types = statement.enter(Tag::SEQUENCE, budget)?;
                    let known = self.types.get_or_insert_default();
                    while !types.is_empty() {
                        known.push(types.oid(budget)?);
                    }
                }
                id => {
                    self.names_law |= id == QC_LEGISLATION;
                    if !statement.is_empty() {
                        statement.element(budget)?;
                    }
                }
            }
            statement.finish()?;
        }
        reader.finish()
    }
}
